package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireSparse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the administrator changes of the walls that every partition has.
 *
 * @param deny system calls that are refused beyond the built-in list, as syscalls(2) names them
 * @param allow system calls that are taken off the built-in list
 * @param drop capabilities that nobody inside has, without {@code CAP_}, in lower case, as in {@code net_raw}
 * @param objects the most that it may take of what the kernel counts for the whole host
 */
public record Hardening(
        @WireSparse List<String> deny,
        @WireSparse List<String> allow,
        @WireSparse List<String> drop,
        Optional<KernelObjects> objects) {
    /** The most names in one list. */
    public static final int MOST = 256;

    /** As built in. */
    public static final Hardening DEFAULT = new Hardening(List.of(), List.of(), List.of(), Optional.empty());

    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,40}");

    /**
     * The most that a partition may take of what is counted per user namespace; namespaces(7), inotify(7).
     *
     * @param inotifyInstances 0 to 1,048,576
     * @param inotifyWatches 0 to 16,777,216
     * @param namespaces of each kind, 0 to 65,536
     */
    public record KernelObjects(
            Optional<Long> inotifyInstances, Optional<Long> inotifyWatches, Optional<Long> namespaces) {
        static final KernelObjects AS_BUILT_IN =
                new KernelObjects(Optional.empty(), Optional.empty(), Optional.empty());

        public KernelObjects {
            check("inotify instances", inotifyInstances, 1L << 20);
            check("inotify watches", inotifyWatches, 1L << 24);
            check("namespaces", namespaces, 1L << 16);
        }

        private static void check(String what, Optional<Long> count, long most) {
            if (count.isPresent() && (count.get() < 0 || count.get() > most)) {
                throw new IllegalArgumentException(what + " must be 0 to " + most + ": " + count.get());
            }
        }
    }

    public Hardening {
        deny = names(deny, "system call");
        allow = names(allow, "system call");
        drop = names(drop, "capability");
        objects = objects.filter(counts -> !counts.equals(KernelObjects.AS_BUILT_IN));
        Set<String> both = new HashSet<>(deny);
        both.retainAll(allow);
        if (!both.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", both) + " cannot be both denied and allowed");
        }
    }

    private static List<String> names(List<String> names, String what) {
        if (names.size() > MOST) {
            throw new IllegalArgumentException("there are at most " + MOST + " of each");
        }
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "'" + name + "' is not the name of a " + what + "; use a-z, 0-9 and _");
            }
        }
        if (new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("a " + what + " is named twice: " + String.join(", ", names));
        }
        return List.copyOf(names);
    }
}
