package io.bulkhead.manager.network;

import java.util.List;

/** Runs ip(8), tc(8), nft(8) and nsenter(1). Safe for any thread; waits for the tool. */
public interface NetworkTools {
    /**
     * Runs a command to its end.
     *
     * @param command its program by name, and its arguments
     * @param input what it reads
     * @return what it wrote
     * @throws NetworkException if it is not installed, fails, or does not end in time
     */
    String run(List<String> command, String input);

    /** What to install so that all of these can be run: packages of Debian; empty where all are there. */
    default List<String> missing(List<String> programs) {
        return List.of();
    }

    /** The same with nothing to read. */
    default String run(List<String> command) {
        return run(command, "");
    }
}
