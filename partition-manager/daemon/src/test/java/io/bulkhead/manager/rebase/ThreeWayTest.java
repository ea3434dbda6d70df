package io.bulkhead.manager.rebase;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.manager.rebase.Entry.Kind;
import io.bulkhead.manager.rebase.Resolution.Mix;
import io.bulkhead.manager.rebase.Resolution.Remove;
import io.bulkhead.manager.rebase.Resolution.Take;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Trees as maps: {@code /} a directory, anything else a file of that content, {@code >} a link. */
class ThreeWayTest {
    private static Entry entry(String text) {
        if (text.equals("/")) {
            return new Entry(Kind.DIRECTORY, 0755, 0, 0, "", "");
        }
        return text.startsWith(">")
                ? new Entry(Kind.LINK, 0777, 0, 0, text, "")
                : new Entry(Kind.FILE, 0644, 0, 0, text, "");
    }

    private static Snapshot tree(Map<String, Entry> entries) {
        return new Snapshot(new TreeMap<>(entries), Map.of(), false);
    }

    /** A tree of one path below etc; empty for nothing there. */
    private static Snapshot one(String text) {
        TreeMap<String, Entry> entries = new TreeMap<>(Map.of("etc", entry("/")));
        if (!text.isEmpty()) {
            entries.put("etc/x", entry(text));
        }
        return tree(entries);
    }

    private static Merge merge(Snapshot base, Snapshot own, Snapshot fresh) {
        return ThreeWay.merge(base, own, fresh, path -> List.of("", "", ""));
    }

    /** What becomes of one path: own, take, remove or conflict. */
    private static String outcome(String base, String own, String fresh) {
        Merge merge = merge(one(base), one(own), one(fresh));
        if (!merge.conflicts().isEmpty()) {
            return "conflict";
        }
        Resolution resolution = merge.resolutions().get("etc/x");
        return resolution instanceof Take
                ? "take"
                : resolution instanceof Remove ? "remove" : resolution == null ? "own" : resolution.toString();
    }

    /** All 64 ways in which a path can be nothing, one of two files, or a directory in three trees. */
    @Test
    void everyCombinationOfThreeTreesHasTheOutcomeOfTheTable() {
        List<String> kinds = List.of("", "a", "b", "/");
        for (String base : kinds) {
            for (String own : kinds) {
                for (String fresh : kinds) {
                    assertThat(outcome(base, own, fresh))
                            .as("'%s' → partition '%s', host '%s'", base, own, fresh)
                            .isEqualTo(expected(base, own, fresh));
                }
            }
        }
    }

    private static String expected(String base, String own, String fresh) {
        if (base.equals(fresh) || own.equals(fresh)) {
            return "own";
        }
        if (base.equals(own)) {
            return fresh.isEmpty() ? "remove" : "take";
        }
        // A directory that the host gave up and the partition made of something else holds its own.
        return fresh.isEmpty() && own.equals("/") ? "own" : "conflict";
    }

    @Test
    void aspectsAreMergedEachForItself() {
        Entry mine = new Entry(Kind.FILE, 0600, 0, 0, "a", "");
        Entry theirs = new Entry(Kind.FILE, 0644, 0, 42, "b", "");

        Merge merge = merge(
                one("a"),
                tree(Map.of("etc", entry("/"), "etc/x", mine)),
                tree(Map.of("etc", entry("/"), "etc/x", theirs)));

        assertThat(merge.conflicts()).isEmpty();
        assertThat(merge.resolutions()).containsEntry("etc/x", new Mix(Kind.FILE, true, 0600, 0, 42));
    }

    @Test
    void aModeThatBothChangedIsAConflict() {
        Merge merge = merge(
                one("a"),
                tree(Map.of("etc", entry("/"), "etc/x", new Entry(Kind.FILE, 0600, 0, 0, "a", ""))),
                tree(Map.of("etc", entry("/"), "etc/x", new Entry(Kind.FILE, 0640, 0, 0, "a", ""))));

        assertThat(merge.conflicts()).containsExactly("etc/x: mode changed on both sides");
    }

    @Test
    void aDirectoryWithOwnFilesStaysWhenTheHostGivesItUp() {
        Map<String, Entry> base = Map.of("etc", entry("/"), "etc/d", entry("/"), "etc/d/a", entry("a"));
        Map<String, Entry> own = new TreeMap<>(base);
        own.put("etc/d/mine", entry("m"));

        Merge merge = merge(tree(base), tree(own), one(""));

        assertThat(merge.conflicts()).isEmpty();
        assertThat(merge.resolutions()).containsOnlyKeys("etc/d/a");
        assertThat(merge(tree(base), tree(base), one("")).resolutions()).containsOnlyKeys("etc/d", "etc/d/a");
    }

    @Test
    void aLinkOfThePartitionsInPlaceOfADirectoryIsNeverWrittenThrough() {
        Map<String, Entry> base = Map.of("etc", entry("/"), "etc/d", entry("/"));
        Merge merge = merge(
                tree(base),
                tree(Map.of("etc", entry("/"), "etc/d", entry(">/outside"))),
                tree(Map.of("etc", entry("/"), "etc/d", entry("/"), "etc/d/new", entry("n"))));

        assertThat(merge.conflicts())
                .containsExactly("etc/d/new: new on the host, its directory is gone or something else here");
    }

    @Test
    void whatIsWrittenForEachPartitionIsNeverTouched() {
        Map<String, Entry> base = Map.of("etc", entry("/"));
        Map<String, Entry> own = Map.of("etc", entry("/"), "etc/hostname", entry("db"));
        Map<String, Entry> fresh = Map.of("etc", entry("/"), "etc/hostname", entry("host"));

        Merge merge = merge(tree(base), tree(own), tree(fresh));

        assertThat(merge.conflicts()).isEmpty();
        assertThat(merge.resolutions()).isEmpty();
        assertThat(merge.kept()).isEmpty();
    }
}
