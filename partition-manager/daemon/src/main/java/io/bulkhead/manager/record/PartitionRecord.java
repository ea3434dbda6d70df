package io.bulkhead.manager.record;

import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import java.util.Optional;

/**
 * What stays of a partition when the manager or the host goes down.
 *
 * @param definition what the administrator asked for
 * @param slice what it holds; empty while it is only defined
 * @param uidRange its ids on the host, for as long as it is defined
 * @param generation the copy of /etc and /var that its files were made from
 * @param automaticLogin whether its console logs root in by itself, for want of a password
 * @param ending how its last run ended, if there was one
 * @param rebase the generation that its files are to be taken to at its next start
 * @param wayBack the generation that its last rebase can be taken back to
 * @param address its own on the bridge, from its first share of the network on for as long as it is defined
 */
public record PartitionRecord(
        PartitionSpec definition,
        Optional<Slice> slice,
        UidRange uidRange,
        String generation,
        boolean automaticLogin,
        Optional<Ending> ending,
        Optional<String> rebase,
        Optional<String> wayBack,
        Optional<Ipv4Address> address) {
    /** One that was never rebased and has no address. */
    public PartitionRecord(
            PartitionSpec definition,
            Optional<Slice> slice,
            UidRange uidRange,
            String generation,
            boolean automaticLogin,
            Optional<Ending> ending) {
        this(
                definition,
                slice,
                uidRange,
                generation,
                automaticLogin,
                ending,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The end of a run.
     *
     * @param failed whether it was a wrong one
     * @param text how, for people
     * @param timeMillis when, milliseconds since 1970 UTC
     */
    public record Ending(boolean failed, String text, long timeMillis) {}

    public PartitionName name() {
        return definition.name();
    }

    public PartitionRecord withDefinition(PartitionSpec changed) {
        return new PartitionRecord(
                changed, slice, uidRange, generation, automaticLogin, ending, rebase, wayBack, address);
    }

    public PartitionRecord withSlice(Optional<Slice> changed) {
        return new PartitionRecord(
                definition, changed, uidRange, generation, automaticLogin, ending, rebase, wayBack, address);
    }

    public PartitionRecord withAddress(Optional<Ipv4Address> changed) {
        return new PartitionRecord(
                definition, slice, uidRange, generation, automaticLogin, ending, rebase, wayBack, changed);
    }

    public PartitionRecord withEnding(Optional<Ending> changed) {
        return new PartitionRecord(
                definition, slice, uidRange, generation, automaticLogin, changed, rebase, wayBack, address);
    }

    /** With other files: the generation that they build on, the one that they are to go to, the one that they can go back to. */
    public PartitionRecord withFiles(String builtOn, Optional<String> goingTo, Optional<String> back) {
        return new PartitionRecord(
                definition, slice, uidRange, builtOn, automaticLogin, ending, goingTo, back, address);
    }
}
