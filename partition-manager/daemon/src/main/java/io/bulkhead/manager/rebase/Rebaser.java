package io.bulkhead.manager.rebase;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.manager.generation.Generation;
import io.bulkhead.manager.generation.Steps;
import io.bulkhead.manager.generation.TreeWriter;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the files of a partition at rest from one generation to another and back, all or nothing.
 *
 * <pre>
 *   OWN/.staging/etc plan     the new /etc being built; then its inode and the steps in /var are written down in plan
 *   OWN/etc                   exchanged with .staging/etc in one step: this is when the rebase happens
 *   OWN/.former/etc plan      the way back: the /etc of before
 *   OWN/.returning/etc plan   the way back being taken: the same the other way round
 *   OWN/.dropping             what nobody needs any more: out of the way at once, so that no half of it is a way back
 * </pre>
 *
 * What is found half done is brought to one end or the other by {@link #settle}: if {@code OWN/etc} is the inode that was to
 * come, the rest is done, else everything is taken back. The partition sees its etc and var, never OWN. One thread at a time
 * for each partition; blocks on the disk.
 */
final class Rebaser {
    private static final Logger LOG = LoggerFactory.getLogger(Rebaser.class);

    private static final String STAGING = ".staging";
    private static final String FORMER = ".former";
    private static final String RETURNING = ".returning";
    private static final String DROPPING = ".dropping";
    private static final String PLAN = "plan";

    private final TreeCalls calls;
    private final Steps steps;

    /**
     * Where files stand.
     *
     * @param generation what they build on; empty where nothing beside them says so, and the record is right
     * @param wayBack the generation that {@link #undo} would bring back
     */
    record Standing(Optional<String> generation, Optional<String> wayBack) {
        static final Standing UNKNOWN = new Standing(Optional.empty(), Optional.empty());
    }

    Rebaser(TreeCalls calls, Steps steps) {
        this.calls = calls;
        this.steps = steps;
    }

    /** Finishes or takes back what was interrupted. */
    Standing settle(Fd root) throws IOException {
        TreeWriter writer = new TreeWriter(steps);
        Path own = EtcStage.pathOf(root);
        writer.removeForeignTree(own.resolve(DROPPING));
        settle(root, own.resolve(STAGING), writer);
        settle(root, own.resolve(RETURNING), writer);
        Optional<RebasePlan> plan = plan(own.resolve(FORMER));
        if (plan.isEmpty()) {
            drop(own, own.resolve(FORMER), writer);
            return Standing.UNKNOWN;
        }
        long now = inodeOfEtc(root);
        if (now == plan.get().toInode()) {
            return new Standing(
                    Optional.of(plan.get().to()), Optional.of(plan.get().from()));
        } else if (now == plan.get().fromInode()) {
            return new Standing(
                    Optional.of(plan.get().from()), Optional.of(plan.get().to()));
        }
        // The files were copied to another disk: they are whole, but what stood beside them is about other ones.
        drop(own, own.resolve(FORMER), writer);
        return Standing.UNKNOWN;
    }

    private void settle(Fd root, Path beside, TreeWriter writer) throws IOException {
        if (!Files.isDirectory(beside, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Optional<RebasePlan> plan = plan(beside);
        Path own = EtcStage.pathOf(root);
        if (plan.isPresent() && inodeOfEtc(root) == plan.get().toInode()) {
            becomeFormer(own, beside, writer);
            return;
        }
        if (plan.isPresent()) {
            new VarSkeleton(calls, writer).backward(root, plan.get().steps());
        }
        if (beside.endsWith(RETURNING)) {
            becomeFormer(own, beside, writer);
        } else {
            drop(own, beside, writer);
        }
    }

    private static void becomeFormer(Path own, Path beside, TreeWriter writer) throws IOException {
        drop(own, own.resolve(FORMER), writer);
        writer.rename(beside, own.resolve(FORMER));
        writer.syncDirectory(own);
    }

    /** Rebases by a merge without conflicts, or throws and leaves everything as it was. */
    Standing rebase(Fd root, Generation base, Generation fresh, Merge merge, Snapshot ownFiles) throws IOException {
        Path own = EtcStage.pathOf(root);
        Path staging = own.resolve(STAGING);
        return allOrNothing(root, fresh.name(), writer -> {
            writer.makePrivateDirectory(staging);
            new EtcStage(calls, writer, merge.resolutions(), staging, fresh.directory()).build(root);
            RebasePlan plan = new RebasePlan(
                    base.name(),
                    fresh.name(),
                    inodeOfEtc(root),
                    inodeOfEtc(root, STAGING),
                    VarSkeleton.stepsOf(merge, ownFiles));
            write(plan, staging, writer);
            writer.sync(staging);
            new VarSkeleton(calls, writer).forward(root, plan.steps());
            swap(root, STAGING, writer);
        });
    }

    /** Brings the files of before the last rebase back; those of now are put aside in their place. */
    Standing undo(Fd root) throws IOException {
        Path own = EtcStage.pathOf(root);
        Path former = own.resolve(FORMER);
        RebasePlan known = plan(former)
                .orElseThrow(() -> Refusal.of(
                        ProblemCode.CONFLICT, "there was no rebase, or its way back was given up", "nothing to do"));
        RebasePlan plan = inodeOfEtc(root) == known.toInode() ? reversed(known) : known;
        return allOrNothing(root, plan.to(), writer -> {
            write(plan, former, writer);
            writer.rename(former, own.resolve(RETURNING));
            writer.syncDirectory(own);
            new VarSkeleton(calls, writer).forward(root, plan.steps());
            swap(root, RETURNING, writer);
        });
    }

    /** Gives the way back up; whether there was one. */
    boolean dropWayBack(Fd root) throws IOException {
        settle(root);
        Path own = EtcStage.pathOf(root);
        boolean was = Files.isDirectory(own.resolve(FORMER), LinkOption.NOFOLLOW_LINKS);
        drop(own, own.resolve(FORMER), new TreeWriter(steps));
        return was;
    }

    private static void drop(Path own, Path tree, TreeWriter writer) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path dropping = own.resolve(DROPPING);
        writer.removeForeignTree(dropping);
        writer.rename(tree, dropping);
        writer.syncDirectory(own);
        writer.removeForeignTree(dropping);
    }

    private interface Work {
        void run(TreeWriter writer) throws IOException;
    }

    private Standing allOrNothing(Fd root, String goal, Work work) throws IOException {
        try {
            work.run(new TreeWriter(steps));
        } catch (IOException | RuntimeException e) {
            Standing now;
            try {
                now = settle(root);
            } catch (IOException | RuntimeException second) {
                // Whoever comes next settles it.
                e.addSuppressed(second);
                throw e;
            }
            if (now.generation().equals(Optional.of(goal))) {
                LOG.atWarn().setCause(e).log("A rebase was finished at the second attempt");
                return now;
            }
            throw e;
        }
        return settle(root);
    }

    private void swap(Fd root, String beside, TreeWriter writer) throws IOException {
        writer.announce("exchange etc");
        try (Fd directory = calls.openBeneath(root, beside, EnumSet.of(OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW))) {
            calls.exchange(root, "etc", directory, "etc");
        }
        writer.syncDirectory(EtcStage.pathOf(root));
    }

    private static RebasePlan reversed(RebasePlan plan) {
        List<VarStep> back =
                new ArrayList<>(plan.steps().stream().map(VarStep::reversed).toList());
        Collections.reverse(back);
        return new RebasePlan(plan.to(), plan.from(), plan.toInode(), plan.fromInode(), back);
    }

    private long inodeOfEtc(Fd root) {
        try (Fd etc = calls.openBeneath(root, "etc", EnumSet.of(OpenFlag.PATH, OpenFlag.NO_FOLLOW))) {
            return calls.status(etc).inode();
        }
    }

    private long inodeOfEtc(Fd root, String beside) {
        try (Fd directory = calls.openBeneath(root, beside, EnumSet.of(OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW))) {
            return inodeOfEtc(directory);
        }
    }

    private static void write(RebasePlan plan, Path directory, TreeWriter writer) throws IOException {
        Path temporary = directory.resolve(PLAN + ".new");
        Files.deleteIfExists(temporary);
        writer.writeRaw(temporary, (RecordCodec.encode(plan) + "\n").getBytes(UTF_8));
        writer.syncFile(temporary);
        writer.rename(temporary, directory.resolve(PLAN));
        writer.syncDirectory(directory);
    }

    /** Empty where there is none: it was not written yet, so nothing was done by it. */
    private static Optional<RebasePlan> plan(Path directory) throws IOException {
        Path file = directory.resolve(PLAN);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordCodec.decode(RebasePlan.class, JsonReader.read(Files.readAllBytes(file))));
        } catch (WireException e) {
            throw new IOException(file + " is damaged: " + e.getMessage() + "; remove it and its directory by hand", e);
        }
    }
}
