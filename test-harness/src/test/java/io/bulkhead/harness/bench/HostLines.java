package io.bulkhead.harness.bench;

import io.bulkhead.contract.partition.HostStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** What a reader must know of the host to make sense of times. */
final class HostLines {
    private HostLines() {}

    /** One line each. */
    static List<String> of(HostStatus host) {
        return List.of(
                "date: " + LocalDate.now(ZoneOffset.UTC),
                "kernel: " + host.kernel() + ", cgroups " + host.cgroups(),
                "CPUs: " + host.online().size() + " × " + cpuModel() + "; pool "
                        + host.reserve().pool(),
                "memory: " + host.memory() + ", load " + load(),
                "Java: " + System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    /** For what needs no manager, and asks the kernel itself. */
    static List<String> ofThisHost() {
        Runtime java = Runtime.getRuntime();
        return List.of(
                "date: " + LocalDate.now(ZoneOffset.UTC),
                "kernel: " + text("/proc/sys/kernel/osrelease").strip(),
                "CPUs: " + java.availableProcessors() + " × " + cpuModel() + ", load " + load(),
                "Java: " + System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    private static String cpuModel() {
        return text("/proc/cpuinfo")
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /** The load averages of 1 and 5 minutes. */
    static String load() {
        String[] words = text("/proc/loadavg").split(" ");
        return words[0] + " / " + words[1];
    }

    static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
