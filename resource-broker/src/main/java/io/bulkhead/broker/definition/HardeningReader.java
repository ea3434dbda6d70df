package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Fields.Writing;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Hardening.KernelObjects;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a definition changes of the walls that every partition has. */
final class HardeningReader {
    private final Fields fields;

    /** @param fields of the partition */
    HardeningReader(Fields fields) {
        this.fields = fields;
    }

    Optional<Hardening> read() {
        return fields.below("hardening").map(block -> {
            List<String> deny = block.list("deny", HardeningReader::systemCall, Function.identity());
            List<String> allow = block.list(
                    "allow",
                    text -> {
                        if (deny.contains(text)) {
                            throw new IllegalArgumentException("'" + text + "' cannot be both denied and allowed");
                        }
                        return systemCall(text);
                    },
                    Function.identity());
            List<String> drop = block.list("drop", HardeningReader::capability, Function.identity());
            Optional<KernelObjects> objects = block.below("objects")
                    .map(counts -> new KernelObjects(
                            count(counts, "inotifyInstances", 1 << 20),
                            count(counts, "inotifyWatches", 1 << 24),
                            count(counts, "namespaces", 1 << 16)));
            for (List<String> names : List.of(deny, allow, drop)) {
                if (names.size() > Hardening.MOST) {
                    fields.fault(
                            "hardening",
                            fields.shape("hardening").orElseThrow().place(),
                            "has more than " + Hardening.MOST + " names in one list");
                    return Hardening.DEFAULT;
                }
            }
            return new Hardening(deny, allow, drop, objects);
        });
    }

    private static Optional<Long> count(Fields counts, String name, int most) {
        return counts.value(name, Writing.BARE, text -> (long) Values.wholeNumber(text, 0, most));
    }

    private static String systemCall(String text) {
        return new Hardening(List.of(text), List.of(), List.of(), Optional.empty())
                .deny()
                .get(0);
    }

    private static String capability(String text) {
        if (text.startsWith("cap_") || text.startsWith("CAP_")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is written without cap_: " + text.substring(4).toLowerCase(Locale.ROOT));
        }
        return new Hardening(List.of(), List.of(), List.of(text), Optional.empty())
                .drop()
                .get(0);
    }
}
