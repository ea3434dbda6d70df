package io.bulkhead.manager.life;

import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.manager.life.LifeState.AtRest;
import io.bulkhead.manager.life.LifeState.Defined;
import io.bulkhead.manager.rebase.GenerationOffice.Outcome;
import io.bulkhead.manager.record.PartitionRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a partition's files when its generation is no longer the host: a rebase is done at once at rest, and left
 * for the next start otherwise. What it comes to is said by the files themselves; the record follows them. Under the
 * partition's lock.
 */
final class Rebasing {
    private static final Logger LOG = LoggerFactory.getLogger(Rebasing.class);

    private final LifeParts parts;
    private final PartitionName name;
    private final Standing standing;

    /**
     * Where the files were, on a volume or not, when this manager knew that nothing half-done is among them: it has looked, or
     * what it did to them came to its end. To look again at each start would mount a volume a second time. A partition cannot
     * make it untrue: it never sees the directory that holds what is half-done.
     */
    private Optional<Boolean> settledOnVolume = Optional.empty();

    Rebasing(LifeParts parts, Standing standing) {
        this.parts = parts;
        this.name = standing.name();
        this.standing = standing;
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** Changes the files; until that has come to its end, the next one to need them looks first. */
    private <T> T changing(Work<T> work) {
        settledOnVolume = Optional.empty();
        T result = files(work);
        settledOnVolume = Optional.of(isOnVolume());
        return result;
    }

    private boolean isOnVolume() {
        return standing.record()
                .slice()
                .flatMap(Slice::storage)
                .flatMap(StorageSlice::own)
                .isPresent();
    }

    private <T> T files(Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new UncheckedIOException("the files of " + name + ": " + e.getMessage(), e);
        }
    }

    PartitionDifferences differences() {
        PartitionRecord on = standing.record();
        return files(() -> parts.generations().differences(name, on.generation(), on.rebase(), on.wayBack()));
    }

    Rebase rebase() {
        PartitionRecord on = standing.record();
        if (isAtRest()) {
            standing.requireClean();
            return done(changing(() -> parts.generations().rebase(name, on.generation(), Optional.empty())));
        }
        Rebase foreseen = files(() -> parts.generations().foresee(name, on.generation()));
        if (foreseen.to().equals(foreseen.from())) {
            save(on.withFiles(on.generation(), Optional.empty(), on.wayBack()));
            return foreseen;
        }
        if (!on.rebase().equals(Optional.of(foreseen.to()))) {
            save(on.withFiles(on.generation(), Optional.of(foreseen.to()), on.wayBack()));
            parts.journal().append(new Event.PartitionRebasePlanned(name, foreseen.to()));
        }
        return new Rebase(name, foreseen.from(), foreseen.to(), true, foreseen.taken(), foreseen.kept());
    }

    private Rebase done(Outcome outcome) {
        Rebase rebase = outcome.rebase();
        save(standing.record().withFiles(outcome.generation(), Optional.empty(), outcome.wayBack()));
        if (!rebase.from().equals(rebase.to())) {
            LOG.atInfo()
                    .addKeyValue("partition", name)
                    .addKeyValue("generation", rebase.to())
                    .log("Rebased");
            parts.journal().append(new Event.PartitionRebased(name, rebase.from(), rebase.to()));
        }
        return rebase;
    }

    Rebase undo() {
        PartitionRecord on = standing.record();
        if (on.rebase().isPresent()) {
            save(on.withFiles(on.generation(), Optional.empty(), on.wayBack()));
            parts.journal()
                    .append(new Event.PartitionRebaseUndone(name, on.rebase().get(), on.generation()));
            return new Rebase(name, on.generation(), on.generation(), false, FileChanges.NONE, FileChanges.NONE);
        }
        standing.requireAtRest("its files cannot be exchanged while it runs; stop it first");
        standing.requireClean();
        Outcome outcome = changing(() -> parts.generations().undo(name, on.generation()));
        save(standing.record().withFiles(outcome.generation(), Optional.empty(), outcome.wayBack()));
        parts.journal()
                .append(new Event.PartitionRebaseUndone(
                        name, outcome.rebase().from(), outcome.rebase().to()));
        return outcome.rebase();
    }

    boolean dropWayBack() {
        boolean was = changing(() -> parts.generations().dropWayBack(name));
        PartitionRecord on = standing.record();
        save(on.withFiles(on.generation(), on.rebase(), Optional.empty()));
        return was;
    }

    /**
     * Does what was left for the start. One that cannot be done is forgotten and told; the partition starts with its files
     * as they are.
     */
    void beforeStart() {
        if (!settledOnVolume.equals(Optional.of(isOnVolume()))) {
            settle();
        }
        PartitionRecord on = standing.record();
        if (on.rebase().isEmpty()) {
            return;
        }
        String target = on.rebase().get();
        try {
            done(changing(() -> parts.generations().rebase(name, on.generation(), on.rebase())));
            standing.console().say(name + " was rebased to " + target);
        } catch (Refusal | UncheckedIOException e) {
            settle();
            PartitionRecord now = standing.record();
            save(now.withFiles(now.generation(), Optional.empty(), now.wayBack()));
            String reason = reason(e);
            LOG.atWarn()
                    .addKeyValue("partition", name)
                    .addKeyValue("generation", target)
                    .setCause(e)
                    .log("Not rebased");
            standing.console().say(name + " was not rebased to " + target + ": " + reason);
            parts.journal().append(new Event.PartitionRebaseRefused(name, target, reason));
        }
    }

    private static String reason(RuntimeException e) {
        if (e instanceof Refusal refusal) {
            String first = refusal.problem().holders().stream()
                    .findFirst()
                    .map(line -> ": " + line)
                    .orElse("");
            return refusal.problem().detail() + first;
        }
        return String.valueOf(e.getMessage());
    }

    /** Brings what was interrupted to an end; the record follows the files. */
    private void settle() {
        PartitionRecord on = standing.record();
        Outcome outcome = changing(() -> parts.generations().settle(name, on.generation()));
        boolean came = !outcome.generation().equals(on.generation());
        save(on.withFiles(outcome.generation(), came ? Optional.empty() : on.rebase(), outcome.wayBack()));
        if (came) {
            parts.journal().append(new Event.PartitionRebased(name, on.generation(), outcome.generation()));
        }
    }

    /** The same when a new manager comes, for a partition at rest; where it cannot be done, its next start says so. */
    void settleAfterAll() {
        if (!isAtRest()) {
            return;
        }
        try {
            settle();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("partition", name).setCause(e).log("Its files could not be brought in order");
        }
    }

    private boolean isAtRest() {
        return standing.state() instanceof AtRest || standing.state() instanceof Defined;
    }

    private void save(PartitionRecord after) {
        if (!after.equals(standing.record())) {
            parts.records().save(after);
            standing.take(after);
        }
    }
}
