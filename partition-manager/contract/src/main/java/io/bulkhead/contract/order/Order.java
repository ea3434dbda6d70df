package io.bulkhead.contract.order;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.unit.WireSparse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the partition manager can be asked for. Each order is answered by exactly one {@link Reply}; every
 * order that changes something is idempotent: asked again, it finds its work done and says so by the same reply.
 */
public sealed interface Order {
    /** Answered by {@link Reply.Host}. */
    record DescribeHost() implements Order {}

    /**
     * Answered by {@link Reply.Partitions}, in the order of names, as many as fit in one message.
     *
     * @param after the last name already seen; whoever is behind it is told, whether or not it is still there
     */
    record ListPartitions(Optional<PartitionName> after) implements Order {
        /** From the first name on. */
        public ListPartitions() {
            this(Optional.empty());
        }
    }

    /**
     * Answered by {@link Reply.Measured}, in the order of names, as many as fit in one message.
     *
     * @param after the last name already seen; whoever is behind it is measured, whether or not it is still there
     */
    record MeasurePartitions(Optional<PartitionName> after) implements Order {
        /** From the first name on. */
        public MeasurePartitions() {
            this(Optional.empty());
        }
    }

    /** Answered by {@link Reply.Partition}. */
    record ShowPartition(PartitionName name) implements Order {}

    /**
     * Defines a partition and binds its slice, or changes the definition of one that does not run. Answered by
     * {@link Reply.Partition} in state bound. The manager checks the slice itself, against the claim and against
     * everybody else's.
     *
     * @param definition what the administrator wrote
     * @param slice where the control plane would put it
     * @param rootPasswordHash crypt(5) hash for the partition's root; without it the console logs root in by itself
     */
    record DefinePartition(PartitionSpec definition, Slice slice, Optional<String> rootPasswordHash) implements Order {}

    /**
     * Defines a partition that takes no slice yet, or changes the definition of one that holds none. Refused by
     * {@link ProblemCode#WRONG_STATE} while it holds one. Answered by {@link Reply.Partition} in state defined. Whether
     * the host can give what is asked is judged when a slice is taken.
     *
     * @param definition what the administrator wrote
     * @param rootPasswordHash as in {@link DefinePartition}
     */
    record DefineUnbound(PartitionSpec definition, Optional<String> rootPasswordHash) implements Order {}

    /** Takes a slice for a defined partition. Answered by {@link Reply.Partition} in state bound. */
    record BindPartition(PartitionName name, Slice slice) implements Order {}

    /** Gives the slice of a partition back that does not run. Answered by {@link Reply.Partition} in state defined. */
    record ReleasePartition(PartitionName name) implements Order {}

    /**
     * Removes a partition that does not run, with its files. Answered by {@link Reply.Done}.
     *
     * @param name which
     * @param wipe whether its volumes may go, for good; refused with {@link ProblemCode#CONFLICT} where it has some and this
     *     is not said
     */
    record DeletePartition(PartitionName name, @WireSparse boolean wipe) implements Order {
        /** One that has no volumes. */
        public DeletePartition(PartitionName name) {
            this(name, false);
        }
    }

    /** Boots a bound partition. Answered by {@link Reply.Partition} in state running, once process 1 was let run. */
    record StartPartition(PartitionName name) implements Order {}

    /**
     * Stops a partition: in order until its deadline, then by killing. Answered by {@link Reply.Partition} in state
     * bound, once the last task has ended.
     *
     * @param name which
     * @param kill whether to kill at once
     */
    record StopPartition(PartitionName name, boolean kill) implements Order {}

    /** Freezes every task. Answered by {@link Reply.Partition} in state paused. */
    record PausePartition(PartitionName name) implements Order {}

    /** Thaws every task. Answered by {@link Reply.Partition} in state running. */
    record ResumePartition(PartitionName name) implements Order {}

    /** Reads every promise back from the kernel now. Answered by {@link Reply.Certified}. */
    record VerifyPartition(PartitionName name) implements Order {}

    // ---- generations

    /** Captures the host's /etc and the skeleton of its /var as they are. Answered by {@link Reply.Captured}. */
    record CaptureGeneration() implements Order {}

    /** Answered by {@link Reply.Generations}, the newest first. */
    record ListGenerations() implements Order {}

    /**
     * Removes every generation that no partition needs and that is not the newest. Answered by
     * {@link Reply.GenerationsRemoved}.
     *
     * @param wayBack whether to give up every partition's way back from its last rebase first
     */
    record RemoveUnusedGenerations(@WireSparse boolean wayBack) implements Order {}

    /** What a partition and its host have changed since. Answered by {@link Reply.Differences}. */
    record DiffPartition(PartitionName name) implements Order {}

    /**
     * Takes a partition to the newest generation and keeps its own changes: at once where it is at rest, at its next start
     * where it runs. Refused with {@link ProblemCode#CONFLICT} and the list where both have changed the same. Answered by
     * {@link Reply.Rebased}.
     */
    record RebasePartition(PartitionName name) implements Order {}

    /**
     * Takes a rebase back: one that waits for the next start is forgotten; otherwise the files that were before it come
     * back, and those of now are put aside in their place. Only at rest. Answered by {@link Reply.Rebased}.
     */
    record UndoRebase(PartitionName name) implements Order {}

    /**
     * Has the journal tell how the control plane's ledger and the manager differ: what is new among these is told by {@link
     * Event.LedgerDifferenceFound}, what was among them the last time and is not now by {@link
     * Event.LedgerDifferenceResolved}. Changes nothing else. Answered by {@link Reply.Done}.
     *
     * @param standing every difference that there is now
     */
    record NoteLedger(List<LedgerNote> standing) implements Order {
        /** More would tell nobody more. */
        public static final int MOST = 1_000;

        public NoteLedger {
            standing = List.copyOf(standing);
            if (standing.size() > MOST) {
                throw new IllegalArgumentException("at most " + MOST + " differences are told of: " + standing.size());
            }
        }
    }

    /**
     * Turns the connection into a stream of {@link EventRecord}s. Answered by {@link Reply.StreamOpened}.
     *
     * @param afterSequence the last sequence number already seen, 0 for none; what the manager no longer has is
     *     announced by {@link StreamMessage.Gap}
     */
    record FollowEvents(long afterSequence) implements Order {}

    /**
     * Turns the connection into a console stream. Answered by {@link Reply.StreamOpened}, whose offset is that of the
     * first byte to come.
     *
     * @param name whose console
     * @param viewer who is asking, for the others to see
     * @param write whether to type; refused with {@link ProblemCode#CONFLICT} while somebody else does
     * @param takeOver whether to take the writing from whoever has it; that one goes on as a viewer
     * @param historyBytes how much of the past to send first, 0 or more
     * @param follow whether to stay for what comes; otherwise the stream ends after the past
     * @param from the first offset wanted, instead of an amount of history: what the manager no longer has is announced by
     *     {@link StreamMessage.Gap}, and one that has not come yet is refused with {@link ProblemCode#CONFLICT}
     */
    record OpenConsole(
            PartitionName name,
            String viewer,
            boolean write,
            boolean takeOver,
            long historyBytes,
            boolean follow,
            Optional<Long> from)
            implements Order {
        /** From an amount of history on. */
        public OpenConsole(
                PartitionName name, String viewer, boolean write, boolean takeOver, long historyBytes, boolean follow) {
            this(name, viewer, write, takeOver, historyBytes, follow, Optional.empty());
        }

        public OpenConsole {
            if (viewer.isBlank() || viewer.length() > 64 || viewer.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a viewer's name has 1 to 64 characters");
            }
            if (historyBytes < 0) {
                throw new IllegalArgumentException("the amount of history cannot be negative: " + historyBytes);
            }
            if (from.isPresent() && (from.get() < 0 || historyBytes > 0)) {
                throw new IllegalArgumentException(
                        "a console is opened at an offset of 0 or more, or with some history");
            }
        }
    }

    /**
     * Runs a command inside a running partition and turns the connection into its stream. Answered by
     * {@link Reply.StreamOpened}; ended by {@link StreamMessage.Exited}.
     *
     * @param name where
     * @param command program and arguments; the program is searched in the partition's PATH
     * @param environment added to the partition's own
     * @param terminal its size, if the command wants one
     */
    record ExecuteCommand(
            PartitionName name, List<String> command, Map<String, String> environment, Optional<WindowSize> terminal)
            implements Order {
        public ExecuteCommand {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("there is no command to run");
            }
            if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
                throw new IllegalArgumentException("a command cannot hold a NUL byte");
            }
        }
    }

    /**
     * Ends the manager. Answered by {@link Reply.Done} before it goes.
     *
     * @param keepPartitions whether partitions go on running without it; otherwise they are stopped in order first and
     *     nothing of them stays in the kernel (their definitions and slices stay on record)
     */
    record ShutDown(boolean keepPartitions) implements Order {}
}
