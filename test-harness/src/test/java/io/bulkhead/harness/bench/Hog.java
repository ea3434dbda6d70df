package io.bulkhead.harness.bench;

import java.util.ArrayList;
import java.util.List;

/** Who takes all it can get, and whom it is to leave alone. */
enum Hog {
    FORK_BOMB("fork bomb", "fork-bomb.pl", "forks refused", Victim.SERVE),
    MEMORY("memory", "memory.pl", "kills", Victim.SERVE),
    DISK_FILL("disk fill", "disk-fill.pl", "times no space", Victim.COMMIT),
    FSYNC_STORM("fsync storm", "fsync-storm.pl", "fsyncs", Victim.COMMIT),
    NETWORK_FLOOD("network flood", "network-flood.pl", "datagrams", Victim.REACH),
    INOTIFY("inotify", "inotify.pl", "instances refused", Victim.WATCH);

    /** Where it has its files, and the victim too, each in a place of its own. */
    static final String DIRECTORY = "/var/bench";

    private final String title;
    private final String script;
    private final String deeds;
    private final Victim victim;

    Hog(String title, String script, String deeds, Victim victim) {
        this.title = title;
        this.script = script;
        this.deeds = deeds;
        this.victim = victim;
    }

    String title() {
        return title;
    }

    /** What it counts of its own doing; nothing counted means that it was no hog. */
    String deeds() {
        return deeds;
    }

    /** Who serves meanwhile. */
    Victim victim() {
        return victim;
    }

    /** Whether it can only be one where both have a share of the network. */
    boolean needsNetwork() {
        return this == NETWORK_FLOOD;
    }

    /** Whether it can only be held by storage of its own. */
    boolean needsStorage() {
        return this == DISK_FILL;
    }

    /** Its program; prints {@code +N} whenever it has done its deeds N times more. */
    List<String> command(String addressOfVictim) {
        List<String> words = new ArrayList<>(Scripts.perl(script));
        if (needsNetwork()) {
            words.add(addressOfVictim);
        } else {
            words.add(DIRECTORY);
        }
        return words;
    }

    /** How often it has done its deeds, by what it has printed. */
    static long count(String said) {
        return said.lines()
                .filter(line -> line.matches("\\+\\d{1,18}"))
                .mapToLong(line -> Long.parseLong(line.substring(1)))
                .sum();
    }
}
