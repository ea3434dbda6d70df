package io.bulkhead.harness.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who serves while a hog is next door, and is asked at a fixed rate. */
enum Victim {
    /** A Redis with 16 MiB of values in memory, asked by a client beside it. */
    SERVE("Redis, set and get", 1000, "request.pl", "127.0.0.1", Victim.PLAIN_PORT, "mix"),

    /** A Redis that has the kernel write down each value before it answers. */
    COMMIT("Redis, each set synced to disk", 200, "request.pl", "127.0.0.1", Victim.SYNCING_PORT, "write"),

    /** The first Redis, asked from outside over the network. */
    REACH("Redis, set and get over the network", 1000, "request.pl", Victim.ADDRESS, Victim.PLAIN_PORT, "mix"),

    /** Each time a new inotify instance with a watch that hears of a new file. */
    WATCH("inotify: a new instance hears of a file", 50, "watch.pl");

    /** Stands for the address that the victim has on the network. */
    private static final String ADDRESS = "@ADDRESS@";

    private static final String PLAIN_PORT = "6379";
    private static final String SYNCING_PORT = "6380";
    private static final String REDIS = "/usr/bin/redis-server";

    private final String title;
    private final int callsPerSecond;
    private final String script;

    @SuppressWarnings("ImmutableEnumChecker") // What List.of makes is.
    private final List<String> where;

    Victim(String title, int callsPerSecond, String script, String... where) {
        this.title = title;
        this.callsPerSecond = callsPerSecond;
        this.script = script;
        this.where = List.of(where);
    }

    /** What it does, for a table. */
    String title() {
        return title;
    }

    /** How often it is asked. */
    int callsPerSecond() {
        return callsPerSecond;
    }

    /** Whether its client is outside, on the host. */
    boolean isAskedFromOutside() {
        return where.contains(ADDRESS);
    }

    /** What makes and times its calls; prints what {@link Latencies#parse} reads. */
    List<String> command(double seconds, String address) {
        List<String> words = new ArrayList<>(Scripts.perl("pace.pl", script));
        where.stream()
                .limit(2)
                .map(word -> word.equals(ADDRESS) ? address : word)
                .forEach(words::add);
        words.add(Integer.toString(callsPerSecond));
        words.add(String.format(Locale.ROOT, "%.2f", seconds));
        where.stream().skip(2).forEach(words::add);
        return words;
    }

    /** The commands that start the servers, which go on by themselves; both have the directory for their files. */
    static List<List<String>> servers(String directory) {
        return List.of(
                redis(directory, PLAIN_PORT, "--appendonly", "no"),
                redis(
                        directory,
                        SYNCING_PORT,
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always",
                        "--auto-aof-rewrite-percentage",
                        "0"));
    }

    private static List<String> redis(String directory, String port, String... more) {
        List<String> words = new ArrayList<>(List.of(
                REDIS,
                "--port",
                port,
                "--bind",
                "0.0.0.0",
                "--protected-mode",
                "no",
                "--daemonize",
                "yes",
                "--save",
                "",
                "--dir",
                directory,
                "--appenddirname",
                "log-" + port,
                "--pidfile",
                "/run/redis-" + port + ".pid"));
        words.addAll(List.of(more));
        return words;
    }
}
