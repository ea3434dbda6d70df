package io.bulkhead.console.demo;

import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares what a partition shows of the system with what the host shows: what must be the same, and what must not. */
final class SameSystem {
    private static final String MISSING = "(nothing)";

    /** What must be the same, with the command that shows it. */
    private static final Map<String, String> SAME = same();

    /** What must be the partition's own. */
    private static final Map<String, String> OWN = own();

    private final Inside inside;

    SameSystem(Inside inside) {
        this.inside = inside;
    }

    private static Map<String, String> same() {
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("os-release", ". /usr/lib/os-release; echo \"$PRETTY_NAME\"");
        commands.put("/usr (device:inode)", "stat -c %d:%i /usr");
        commands.put("packages", "dpkg-query -W 2>/dev/null | cksum");
        return commands;
    }

    private static Map<String, String> own() {
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("hostname", "uname -n");
        commands.put("process 1", "head -c 60 /proc/1/cmdline | tr '\\0' ' '");
        commands.put("/etc (device:inode)", "stat -c %d:%i /etc");
        commands.put("machine-id", "cut -c-8 /etc/machine-id");
        commands.put("pid namespace", "readlink /proc/self/ns/pid");
        return commands;
    }

    /** A line per comparison. */
    List<Line> lines(PartitionName name) throws IOException, InterruptedException {
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, String> each : SAME.entrySet()) {
            String host = onHost(each.getValue());
            lines.add(line(name, each.getKey(), "the host's", host, within(name, each.getValue()), true));
        }
        for (Map.Entry<String, String> each : OWN.entrySet()) {
            String host = onHost(each.getValue());
            lines.add(line(name, each.getKey(), "its own", host, within(name, each.getValue()), false));
        }
        return lines;
    }

    /** Pure: whether two answers are as they must be. */
    static Line line(PartitionName name, String what, String asked, String host, String partition, boolean same) {
        boolean held = !partition.equals(MISSING) && host.equals(partition) == same;
        return new Line(name + " " + what, asked, "host: " + shortened(host), shortened(partition), held);
    }

    private static String shortened(String text) {
        String line = text.lines().findFirst().orElse(text);
        return line.length() <= 36 ? line : line.substring(0, 35) + "…";
    }

    private String within(PartitionName name, String command) throws IOException {
        Inside.Result result = inside.run(name, List.of("sh", "-c", command));
        return result.status() != 0 || result.out().isBlank()
                ? MISSING
                : result.out().strip();
    }

    private static String onHost(String command) throws IOException, InterruptedException {
        Inside.Result result = HostCommand.run(List.of("sh", "-c", command));
        return result.status() != 0 || result.out().isBlank()
                ? MISSING
                : result.out().strip();
    }
}
