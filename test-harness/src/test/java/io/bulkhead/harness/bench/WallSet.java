package io.bulkhead.harness.bench;

/** Which walls a partition of the bench has beside those that every partition has: ids, capabilities, system calls, devices. */
enum WallSet {
    ALL("bulkhead", true, true, true),
    HARDENING("bulkhead, hardening only", false, false, false),
    STORAGE("bulkhead, + storage", true, false, false),
    NETWORK("bulkhead, + network", false, true, false),
    VIEWS("bulkhead, + views", false, false, true);

    private final String title;
    private final boolean storage;
    private final boolean network;
    private final boolean views;

    WallSet(String title, boolean storage, boolean network, boolean views) {
        this.title = title;
        this.storage = storage;
        this.network = network;
        this.views = views;
    }

    /** What it is called in the results. */
    String title() {
        return title;
    }

    /** Whether its own files are on a volume. */
    boolean storage() {
        return storage;
    }

    /** Whether it has a place on the bridge, held to a rate in both directions. */
    boolean network() {
        return network;
    }

    /** Whether /proc shows its slice. */
    boolean views() {
        return views;
    }

    /** In words, for who compares. */
    String words() {
        return (storage ? "own files on a volume" : "own files in a directory of the host")
                + (network ? "; a link on the bridge with rates" : "; the loopback alone")
                + (views ? "; /proc shows the slice (lxcfs)" : "; /proc is the kernel's");
    }
}
