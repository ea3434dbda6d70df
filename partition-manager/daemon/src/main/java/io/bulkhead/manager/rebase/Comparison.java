package io.bulkhead.manager.rebase;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChange.Aspect;
import io.bulkhead.contract.generation.FileChange.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What is different between two trees. Pure. */
final class Comparison {
    /** Written anew for each partition, so that they are never a generation's. */
    static final Set<String> IDENTITY =
            Set.of("etc/hostname", "etc/hosts", "etc/machine-id", "var/lib/dbus/machine-id");

    private Comparison() {}

    /** Every change in the order of paths; a directory that came or went is one, whatever is in it. */
    static List<FileChange> between(Snapshot was, Snapshot is) {
        List<FileChange> changes = new ArrayList<>();
        Set<String> paths = new TreeSet<>(was.entries().keySet());
        paths.addAll(is.entries().keySet());
        for (String path : paths) {
            Optional<Entry> before = was.at(path);
            Optional<Entry> now = is.at(path);
            String parent = RawNames.parent(path);
            if (IDENTITY.contains(path) || before.equals(now)) {
                continue;
            }
            if (before.isEmpty()) {
                if (parent.isEmpty() || was.hasDirectory(parent)) {
                    changes.add(new FileChange(shown(path, now.orElseThrow()), Kind.ADDED, List.of()));
                }
            } else if (now.isEmpty()) {
                if (parent.isEmpty() || is.hasDirectory(parent)) {
                    changes.add(new FileChange(shown(path, before.get()), Kind.REMOVED, List.of()));
                }
            } else {
                List<Aspect> aspects = List.copyOf(aspects(before.get(), now.get()));
                if (!aspects.isEmpty()) {
                    changes.add(new FileChange(shown(path, now.get()), Kind.MODIFIED, aspects));
                }
            }
        }
        return changes;
    }

    static EnumSet<Aspect> aspects(Entry was, Entry is) {
        if (was.kind() != is.kind()) {
            return EnumSet.of(Aspect.TYPE);
        }
        EnumSet<Aspect> aspects = EnumSet.noneOf(Aspect.class);
        if (!was.data().equals(is.data())) {
            aspects.add(Aspect.CONTENT);
        }
        if (was.comparableMode() != is.comparableMode()) {
            aspects.add(Aspect.MODE);
        }
        if (was.uid() != is.uid() || was.gid() != is.gid()) {
            aspects.add(Aspect.OWNER);
        }
        if (!was.attributes().equals(is.attributes())) {
            aspects.add(Aspect.ATTRIBUTES);
        }
        return aspects;
    }

    static boolean same(Optional<Entry> one, Optional<Entry> other) {
        return one.isEmpty()
                ? other.isEmpty()
                : other.isPresent() && aspects(one.get(), other.get()).isEmpty();
    }

    static String shown(String path, Entry entry) {
        return RawNames.shown(path) + (entry.isDirectory() ? "/" : "");
    }
}
