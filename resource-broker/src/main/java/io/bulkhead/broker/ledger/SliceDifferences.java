package io.bulkhead.broker.ledger;

import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of two slices of one owner is not the same. */
final class SliceDifferences {
    private SliceDifferences() {}

    /** One line for each resource that differs. */
    static List<Difference> of(Grant ledger, Grant manager, String action) {
        List<Difference> differences = new ArrayList<>();
        Slice one = ledger.slice();
        Slice other = manager.slice();
        String owner = ledger.owner().value();
        compare(differences, owner, "cpus", one.cpus(), other.cpus(), action);
        compare(differences, owner, "threads", threads(ledger), threads(manager), action);
        compare(differences, owner, "memory", one.memory(), other.memory(), action);
        compare(differences, owner, "memory nodes", one.memoryNodes(), other.memoryNodes(), action);
        compare(differences, owner, "tasks", one.tasks(), other.tasks(), action);
        compare(differences, owner, "io", RecordCodec.encode(one.io()), RecordCodec.encode(other.io()), action);
        compare(differences, owner, "oom group", one.oomGroup(), other.oomGroup(), action);
        compare(differences, owner, "storage", text(one.storage()), text(other.storage()), action);
        compare(differences, owner, "network", text(one.network()), text(other.network()), action);
        return differences;
    }

    private static String text(Optional<? extends Record> part) {
        return part.<Object>map(RecordCodec::encode).map(Object::toString).orElse("none");
    }

    private static String threads(Grant grant) {
        return grant.wholeCores() ? "whole-core" : "any";
    }

    private static void compare(
            List<Difference> differences, String owner, String resource, Object ledger, Object manager, String action) {
        if (!ledger.equals(manager)) {
            differences.add(new Difference(
                    Difference.Kind.DIFFERENT, owner, resource, ledger.toString(), manager.toString(), action));
        }
    }
}
