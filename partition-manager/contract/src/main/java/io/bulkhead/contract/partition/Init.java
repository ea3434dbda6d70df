package io.bulkhead.contract.partition;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What runs as process 1 of a partition. */
public sealed interface Init {
    /** The word for it in lists: {@code shell}, {@code systemd}, {@code service}. */
    String kind();

    /**
     * How many bytes of UTF-8 a list in a definition may have in all: every definition stands in one list of
     * partitions, and that is one message of the wire protocol.
     */
    int MAX_LIST_BYTES = 4096;

    private static void checkSize(String what, List<String> words) {
        long bytes = words.stream()
                .mapToLong(word -> word.getBytes(StandardCharsets.UTF_8).length + 1L)
                .sum();
        if (bytes > MAX_LIST_BYTES) {
            throw new IllegalArgumentException(
                    what + " has " + bytes + " bytes; at most " + MAX_LIST_BYTES + " are allowed");
        }
    }

    /** A small respawning init: login on the console, the hook {@code /etc/rc.partition}, reaps orphans. */
    record Shell() implements Init {
        @Override
        public String kind() {
            return "shell";
        }
    }

    /**
     * The host's systemd as a full OS.
     *
     * @param maskedUnits units that must not start, beyond the built-in list
     */
    record Systemd(List<String> maskedUnits) implements Init {
        private static final Pattern UNIT = Pattern.compile(
                "[A-Za-z0-9:_.@\\\\-]{1,200}\\.(service|socket|target|timer|mount|path|device|slice|automount)");

        public Systemd {
            maskedUnits = List.copyOf(maskedUnits);
            checkSize("the list of masked units", maskedUnits);
            for (String unit : maskedUnits) {
                if (!UNIT.matcher(unit).matches() || unit.startsWith(".")) {
                    throw new IllegalArgumentException("'" + unit + "' is not a unit name; write it like cron.service");
                }
            }
        }

        @Override
        public String kind() {
            return "systemd";
        }
    }

    /**
     * The small init with one supervised service beside the console's login.
     *
     * @param command the program (absolute path) and its arguments; no NUL bytes, at most 4096 bytes in all
     * @param restart when it is started again
     */
    record Service(List<String> command, Restart restart) implements Init {
        public Service {
            command = List.copyOf(command);
            checkSize("a service's command", command);
            if (command.isEmpty() || !command.get(0).startsWith("/")) {
                throw new IllegalArgumentException(
                        "a service names its program by absolute path, like [/usr/bin/redis-server, --port, '6379']");
            }
            if (command.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
                throw new IllegalArgumentException("a service's command cannot hold a NUL byte");
            }
        }

        @Override
        public String kind() {
            return "service";
        }
    }

    /** When a service that ended is started again. */
    enum Restart {
        ALWAYS,
        ON_FAILURE,
        NEVER
    }
}
