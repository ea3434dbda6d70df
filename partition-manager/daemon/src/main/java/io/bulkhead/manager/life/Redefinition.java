package io.bulkhead.manager.life;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.life.LifeState.AtRest;
import io.bulkhead.manager.life.LifeState.Defined;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.undo.Undo;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a partition is and holds: changes of its definition and its slice, down to its deletion. Only at rest; each change
 * is complete, or everything is as it was. Under the partition's lock.
 */
final class Redefinition {
    private static final Logger LOG = LoggerFactory.getLogger(Redefinition.class);

    private final LifeParts parts;
    private final PartitionName name;
    private final Standing standing;
    private final PromiseWatch promises;

    Redefinition(LifeParts parts, Standing standing, PromiseWatch promises) {
        this.parts = parts;
        this.name = standing.name();
        this.standing = standing;
        this.promises = promises;
    }

    /** Changes the definition, the slice, or both; without a slice, the definition of one that holds none. */
    void redefine(Wanted wanted) {
        if (wanted.rootPasswordHash().isPresent() && standing.record().automaticLogin()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    name + " was defined without a password for its root",
                    "set it inside, with passwd, or delete the partition and define it anew");
        }
        wanted.slice().ifPresentOrElse(slice -> hold(wanted.definition(), slice), () -> describe(wanted.definition()));
    }

    /** Puts another definition on record; nothing of it is in the kernel while no slice is held. */
    private void describe(PartitionSpec definition) {
        if (!(standing.state() instanceof Defined)) {
            throw standing.wrongState("its definition is changed without taking a slice only while it holds none");
        }
        PartitionRecord before = standing.record();
        if (definition.equals(before.definition())) {
            return;
        }
        standing.requireClean();
        PartitionRecord after = before.withDefinition(definition);
        try (Undo undo = new Undo()) {
            undo.push("hold what the former definition says", () -> parts.holdings()
                    .restore(holding(before)));
            parts.holdings().restore(holding(after));
            undo.push(
                    "put the former definition on record", () -> parts.records().save(before));
            parts.records().save(after);
            undo.keep();
        }
        standing.take(after);
        parts.journal().append(new Event.PartitionDefined(name));
    }

    /** Takes this slice instead of what it holds. */
    void bind(Slice slice) {
        hold(standing.record().definition(), slice);
    }

    private void hold(PartitionSpec definition, Slice slice) {
        PartitionRecord before = standing.record();
        LifeState state = standing.state();
        boolean otherDefinition = !definition.equals(before.definition());
        boolean otherSlice = !state.slice().equals(Optional.of(slice));
        if (!otherDefinition && !otherSlice) {
            return;
        }
        standing.requireAtRest("it cannot be changed while it runs; stop it first");
        standing.requireClean();
        parts.walls().refuseChange(before.definition(), definition);
        PartitionRecord after;
        try (Undo undo = new Undo()) {
            undo.push("keep the host as before", this::keepHost);
            Optional<Ipv4Address> address = parts.holdings().replace(definition, slice);
            after = before.withDefinition(definition)
                    .withSlice(Optional.of(slice))
                    .withAddress(address);
            undo.push("give the former slice back", () -> parts.holdings().restore(holding(before)));
            if (wantsMoreMemory(before, slice)) {
                parts.keeping().requireRoom(parts.holdings().all());
            }
            undo.push(
                    "put the former definition on record", () -> parts.records().save(before));
            parts.records().save(after);
            undo.push("bind the former walls", () -> bindWalls(before));
            if (otherSlice) {
                undo.push("bind the former slice", () -> bindGroups(before));
                parts.cgroups().bind(name, slice);
                parts.keeping().apply(parts.holdings().all());
                Promises.requireHeld(name, parts.cgroups().readBack(name, slice));
            }
            parts.walls().bind(after);
            Promises.requireHeld(name, parts.walls().readBack(after, Optional.empty()));
            undo.keep();
        }
        standing.take(after);
        standing.become(state instanceof Defined defined ? defined.bind(slice) : ((AtRest) state).rebind(slice));
        promises.look(slice);
        if (otherDefinition) {
            parts.journal().append(new Event.PartitionDefined(name));
        }
        if (otherSlice) {
            parts.journal().append(new Event.PartitionBound(name));
        }
    }

    private void bindGroups(PartitionRecord partition) {
        partition.slice().ifPresentOrElse(slice -> parts.cgroups().bind(name, slice), () -> parts.cgroups()
                .release(name));
    }

    private void bindWalls(PartitionRecord partition) {
        if (partition.slice().isPresent()) {
            parts.walls().bind(partition);
        } else {
            parts.walls().release(name);
        }
    }

    /** Whoever gives memory back is never refused because the host has too little. */
    private static boolean wantsMoreMemory(PartitionRecord before, Slice slice) {
        return before.slice()
                .map(held -> slice.memory().compareTo(held.memory()) > 0)
                .orElse(true);
    }

    private void keepHost() {
        parts.keeping().settle(parts.holdings().all());
    }

    private Holding holding(PartitionRecord partition) {
        return new Holding(partition.definition(), partition.slice(), partition.uidRange(), partition.address());
    }

    /** Gives the slice back; it stays defined. */
    void release() {
        LifeState state = standing.state();
        if (state instanceof Defined) {
            return;
        }
        standing.requireAtRest("its slice cannot be released while it runs; stop it first");
        standing.requireClean();
        PartitionRecord before = standing.record();
        PartitionRecord after = before.withSlice(Optional.empty());
        try (Undo undo = new Undo()) {
            undo.push("put the slice back on record", () -> parts.records().save(before));
            parts.records().save(after);
            undo.push("bind the walls again", () -> bindWalls(before));
            parts.walls().release(name);
            undo.push("bind the slice again", () -> bindGroups(before));
            parts.cgroups().release(name);
            undo.keep();
        }
        parts.holdings().releaseSlice(name);
        keepHost();
        standing.take(after);
        standing.become(((AtRest) state).release());
        promises.forget();
        parts.journal().append(new Event.PartitionReleased(name));
    }

    /**
     * Removes everything.
     *
     * @param wipe whether volumes may go with it, for good
     * @param forget called as soon as nothing can bring it back
     */
    void delete(boolean wipe, Runnable forget) {
        standing.requireAtRest("it cannot be deleted while it runs; stop it first");
        standing.requireClean();
        PartitionRecord record = standing.record();
        if (!wipe) {
            parts.walls().whatIsLostWith(record.definition()).ifPresent(lost -> {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "deleting " + name + " would wipe " + lost + " for good",
                        "if that is wanted, say so: bulkhead delete --wipe " + name);
            });
        }
        try (Undo undo = new Undo()) {
            undo.push("bind the walls again", () -> bindWalls(record));
            parts.walls().release(name);
            parts.directories().retire(name);
            undo.push("bring its files back", () -> parts.directories().restore(name));
            undo.push("bind the slice again", () -> bindGroups(record));
            parts.cgroups().release(name);
            undo.push("put it back on record", () -> parts.records().save(record));
            parts.records().remove(name);
            undo.keep();
        }
        standing.markGone();
        forget.run();
        parts.starter().forget(record.uidRange());
        parts.holdings().remove(name);
        keepHost();
        standing.console().close();
        parts.journal().append(new Event.PartitionDeleted(name));
        try {
            parts.directories().purge(name);
        } catch (RuntimeException e) {
            // It is deleted all the same; the rest goes when the manager starts the next time.
            LOG.atError().addKeyValue("partition", name).setCause(e).log("Files of a deleted partition remain");
        }
    }

    /** Takes the groups out of the kernel while the slice stays on record: the manager goes. */
    void leaveKernel() {
        standing.requireAtRest("it still runs");
        standing.requireClean();
        parts.walls().release(name);
        parts.cgroups().release(name);
    }
}
