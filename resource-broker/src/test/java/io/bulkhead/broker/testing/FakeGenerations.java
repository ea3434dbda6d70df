package io.bulkhead.broker.testing;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PackageChange;
import io.bulkhead.contract.generation.PackageChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Two generations; {@code clash} is a partition that cannot be rebased, and a rebase can be taken back once. */
final class FakeGenerations {
    private static final String OLD = "g-00000000000a";
    private static final String NEW = "g-00000000000b";
    private static final FileChanges CHANGES = new FileChanges(
            List.of(new FileChange("etc/issue", FileChange.Kind.MODIFIED, List.of(FileChange.Aspect.CONTENT))), 2);

    private boolean captured;
    private boolean rebased;

    static boolean knows(Order order) {
        return order instanceof Order.CaptureGeneration
                || order instanceof Order.ListGenerations
                || order instanceof Order.RemoveUnusedGenerations
                || order instanceof Order.DiffPartition
                || order instanceof Order.RebasePartition
                || order instanceof Order.UndoRebase;
    }

    Reply carryOut(Order order, Function<PartitionName, PartitionStatus> known) {
        if (order instanceof Order.CaptureGeneration) {
            boolean isNew = !captured;
            captured = true;
            return new Reply.Captured(info(NEW, true), isNew);
        } else if (order instanceof Order.RemoveUnusedGenerations removal) {
            return new Reply.GenerationsRemoved(List.of(OLD), 4096, removal.wayBack() ? 1 : 0);
        } else if (order instanceof Order.DiffPartition diff) {
            return new Reply.Differences(differences(known.apply(diff.name()).name()));
        } else if (order instanceof Order.RebasePartition rebase) {
            return new Reply.Rebased(rebase(known.apply(rebase.name()).name()));
        } else if (order instanceof Order.UndoRebase undo) {
            return new Reply.Rebased(undo(known.apply(undo.name()).name()));
        }
        return new Reply.Generations(List.of(info(NEW, true), info(OLD, false)), 0);
    }

    private static GenerationInfo info(String name, boolean newest) {
        return new GenerationInfo(name, newest, 7, 1263, 3_400_000, 412, newest ? 0 : 3, List.of(), 0, 0);
    }

    private static PartitionDifferences differences(PartitionName name) {
        return new PartitionDifferences(
                name,
                OLD,
                NEW,
                CHANGES,
                false,
                FileChanges.NONE,
                new PackageChanges(List.of(new PackageChange("openssl:amd64", Optional.of("1"), Optional.of("2"))), 0),
                Optional.empty(),
                Optional.of(OLD));
    }

    private Rebase rebase(PartitionName name) {
        if (name.value().equals("clash")) {
            throw new Refusal(new Problem(
                    ProblemCode.CONFLICT,
                    "clash and the host have changed the same",
                    Optional.of("make them the same"),
                    List.of("etc/issue: content changed on both sides")));
        }
        rebased = true;
        return new Rebase(name, OLD, NEW, false, CHANGES, FileChanges.NONE);
    }

    private Rebase undo(PartitionName name) {
        if (!rebased) {
            throw Refusal.of(ProblemCode.CONFLICT, "there was no rebase, or its way back was given up");
        }
        rebased = false;
        return new Rebase(name, NEW, OLD, false, FileChanges.NONE, FileChanges.NONE);
    }
}
