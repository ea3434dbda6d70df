package io.bulkhead.manager.rebase;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChange.Aspect;
import io.bulkhead.manager.rebase.Entry.Kind;
import io.bulkhead.manager.rebase.Resolution.Mix;
import io.bulkhead.manager.rebase.Resolution.Remove;
import io.bulkhead.manager.rebase.Resolution.Take;
import io.bulkhead.manager.rebase.Resolution.Text;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Merges three trees path by path: the generation that a partition was built on, its own files, and the newest generation.
 *
 * <pre>
 *   host changed   partition changed      what comes out
 *   no             no or yes              the partition's
 *   yes            no                     the new generation's
 *   yes            yes, to the same       that
 *   yes            yes, another aspect    both: content, mode and owner are merged each for itself
 *   yes            yes, the same aspect   a conflict; accounts are merged line by line first
 *   removed        directory with own     the directory stays
 * </pre>
 *
 * What is written for each partition ({@link Comparison#IDENTITY}) is never touched. {@code /etc/ld.so.cache} is made of the
 * host's /usr, which the partition has too: the new one is taken. Pure; for one thread.
 */
final class ThreeWay {
    private static final Set<String> DERIVED = Set.of("etc/ld.so.cache");

    private final Snapshot base;
    private final Snapshot own;
    private final Snapshot fresh;
    private final Texts texts;
    private final TreeMap<String, Resolution> resolutions = new TreeMap<>();
    private final List<String> conflicts = new ArrayList<>();
    private final List<FileChange> taken = new ArrayList<>();

    /** Gives the three texts of a file that is merged line by line. */
    @FunctionalInterface
    interface Texts {
        /** Of the base, the partition and the new generation, in this order. */
        List<String> of(String path);
    }

    private ThreeWay(Snapshot base, Snapshot own, Snapshot fresh, Texts texts) {
        this.base = base;
        this.own = own;
        this.fresh = fresh;
        this.texts = texts;
    }

    static Merge merge(Snapshot base, Snapshot own, Snapshot fresh, Texts texts) {
        return new ThreeWay(base, own, fresh, texts).run();
    }

    private Merge run() {
        TreeSet<String> paths = new TreeSet<>(base.entries().keySet());
        paths.addAll(fresh.entries().keySet());
        paths.removeAll(Comparison.IDENTITY);
        for (String path : paths) {
            decide(path, base.at(path), own.at(path), fresh.at(path));
        }
        // From the deepest up: a directory goes only when nothing stays in it.
        for (String path : List.copyOf(resolutions.descendingKeySet())) {
            if (resolutions.get(path) instanceof Remove && own.hasDirectory(path)) {
                boolean used = own.below(path).keySet().stream()
                        .anyMatch(inner -> !(resolutions.get(inner) instanceof Remove));
                if (used) {
                    resolutions.remove(path);
                    taken.removeIf(change -> change.path().equals(RawNames.shown(path) + "/"));
                }
            }
        }
        List<FileChange> kept = new ArrayList<>(Comparison.between(base, own));
        kept.removeIf(change -> resolutions.get(change.path()) instanceof Take);
        return new Merge(resolutions, List.copyOf(conflicts), List.copyOf(taken), List.copyOf(kept));
    }

    private void decide(String path, Optional<Entry> was, Optional<Entry> mine, Optional<Entry> theirs) {
        if (Comparison.same(was, theirs) || Comparison.same(mine, theirs)) {
            return;
        }
        if (Comparison.same(was, mine) || DERIVED.contains(path) && !isDirectory(mine)) {
            follow(path, mine, theirs);
        } else if (mine.isEmpty()) {
            conflict(path, "removed here, changed on the host");
        } else if (theirs.isEmpty()) {
            if (!mine.get().isDirectory()) {
                conflict(path, "changed here, removed on the host");
            }
        } else if (was.isEmpty()) {
            // Of two directories of one name that both made, the partition's stays as it is.
            if (!(mine.get().isDirectory() && theirs.get().isDirectory())) {
                conflict(path, "added on both sides");
            }
        } else {
            combine(path, was.get(), mine.get(), theirs.get());
        }
    }

    /** Only the host has changed it. */
    private void follow(String path, Optional<Entry> mine, Optional<Entry> theirs) {
        if (theirs.isEmpty()) {
            set(path, new Remove(), FileChange.Kind.REMOVED, mine.orElseThrow(), EnumSet.noneOf(Aspect.class));
            return;
        }
        String parent = RawNames.parent(path);
        boolean placed = parent.isEmpty()
                || resolutions.get(parent) instanceof Take take && take.entry().isDirectory()
                || own.hasDirectory(parent) && !(resolutions.get(parent) instanceof Take);
        if (!placed) {
            conflict(path, "new on the host, its directory is gone or something else here");
        } else if (mine.isPresent() && mine.get().kind() != theirs.get().kind()) {
            boolean changesTree = mine.get().isDirectory() && ownAdditions(path) || path.startsWith("var");
            if (changesTree) {
                conflict(path, "has become something else on the host, and is in use here");
            } else {
                set(path, new Take(theirs.get()), FileChange.Kind.MODIFIED, theirs.get(), EnumSet.of(Aspect.TYPE));
            }
        } else {
            EnumSet<Aspect> aspects =
                    mine.map(entry -> Comparison.aspects(entry, theirs.get())).orElse(EnumSet.noneOf(Aspect.class));
            FileChange.Kind kind = mine.isPresent() ? FileChange.Kind.MODIFIED : FileChange.Kind.ADDED;
            set(path, new Take(theirs.get()), kind, theirs.get(), aspects);
        }
    }

    private boolean ownAdditions(String path) {
        return own.below(path).entrySet().stream()
                .anyMatch(inner -> !Comparison.same(base.at(inner.getKey()), Optional.of(inner.getValue())));
    }

    /** Both have changed it: each aspect for itself. */
    private void combine(String path, Entry was, Entry mine, Entry theirs) {
        if (mine.kind() != theirs.kind() || mine.kind() == Kind.SPECIAL) {
            conflict(path, "another kind of file on each side");
            return;
        }
        boolean sameMode = mine.mode() == was.mode() || mine.mode() == theirs.mode();
        if (!sameMode && theirs.mode() != was.mode()) {
            conflict(path, "mode changed on both sides");
            return;
        }
        if (!owner(mine).equals(owner(was))
                && !owner(theirs).equals(owner(was))
                && !owner(mine).equals(owner(theirs))) {
            conflict(path, "owner changed on both sides");
            return;
        }
        Entry mode = mine.mode() == was.mode() ? theirs : mine;
        Entry owner = owner(mine).equals(owner(was)) ? theirs : mine;
        EnumSet<Aspect> aspects = Comparison.aspects(was, theirs);
        boolean fresh = content(mine).equals(content(was));
        if (fresh || content(theirs).equals(content(was)) || content(mine).equals(content(theirs))) {
            Mix mix = new Mix(mine.kind(), fresh, mode.mode(), owner.uid(), owner.gid());
            set(path, mix, FileChange.Kind.MODIFIED, theirs, aspects);
        } else if (AccountMerge.FILES.contains(path) && mine.kind() == Kind.FILE) {
            List<String> three = texts.of(path);
            AccountMerge merged = AccountMerge.of(path, three.get(0), three.get(1), three.get(2));
            merged.conflicts().forEach(conflict -> conflict(path, conflict));
            Text text = new Text(merged.text(), mode.mode(), owner.uid(), owner.gid());
            set(path, text, FileChange.Kind.MODIFIED, theirs, aspects);
        } else {
            conflict(path, mine.kind() == Kind.LINK ? "leads elsewhere on each side" : "content changed on both sides");
        }
    }

    private static boolean isDirectory(Optional<Entry> entry) {
        return entry.map(Entry::isDirectory).orElse(false);
    }

    private static String owner(Entry entry) {
        return entry.uid() + ":" + entry.gid();
    }

    private static String content(Entry entry) {
        return entry.data() + " " + entry.attributes();
    }

    private void set(String path, Resolution resolution, FileChange.Kind kind, Entry shown, EnumSet<Aspect> aspects) {
        resolutions.put(path, resolution);
        taken.add(new FileChange(Comparison.shown(path, shown), kind, List.copyOf(aspects)));
    }

    private void conflict(String path, String why) {
        conflicts.add(RawNames.shown(path) + ": " + why);
    }
}
