package io.bulkhead.console.demo;

import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Root of a partition tries to get out, or to more than its slice. Each attempt does no harm if it succeeds: what it
 * writes is what is there already.
 */
final class EscapeScene {
    /** What the kernel says no with: errno(3) EPERM, EACCES, EROFS, ESRCH. */
    private static final List<String> NO =
            List.of("Operation not permitted", "Permission denied", "Read-only file system", "No such process");

    private static final String SAME_AGAIN = """
            my ($file) = @ARGV;
            open my $in, '<', $file or die "$!\\n"; my $text = <$in>; close $in;
            open my $out, '>', $file or die "$!\\n"; syswrite $out, $text or die "$!\\n";
            """;

    private static final String LIMITS = """
            my $no = 'no limit is to be seen';
            for my $file (</sys/fs/cgroup/{,*/}{memory.limit_in_bytes,memory.max,pids.max,cpu.max,cpu.cfs_quota_us}>) {
                open my $in, '<', $file or next; my $text = <$in>; close $in;
                open my $out, '>', $file or do { $no = "$!"; next };
                defined syswrite $out, $text and exit 0; $no = "$!";
            }
            die "$no\\n";
            """;

    private final Inside inside;

    EscapeScene(Inside inside) {
        this.inside = inside;
    }

    /** What is tried, with the command that tries it. */
    private static Map<String, List<String>> attempts(long managerPid) {
        Map<String, List<String>> attempts = new LinkedHashMap<>();
        attempts.put("make a node of the host's disk", List.of("mknod", "/tmp/bulkhead-demo-disk", "b", "8", "0"));
        attempts.put("set core_pattern", List.of("perl", "-e", SAME_AGAIN, "/proc/sys/kernel/core_pattern"));
        attempts.put("make /proc/sys writable", List.of("mount", "-o", "remount,bind,rw", "/proc/sys"));
        attempts.put("change the host's /usr", List.of("touch", "/usr/bin/env"));
        attempts.put("raise its own limits", List.of("perl", "-e", LIMITS));
        attempts.put("set the clock", List.of("sh", "-c", "date -s \"$(date)\""));
        attempts.put("read the kernel's log", List.of("dmesg"));
        attempts.put("make a user namespace", List.of("unshare", "--user", "true"));
        attempts.put(
                "signal the manager",
                List.of("perl", "-e", "kill 0, $ARGV[0] or die \"$!\\n\"", Long.toString(managerPid)));
        return attempts;
    }

    /** A line for each attempt. */
    List<Line> lines(PartitionName name, long managerPid) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, List<String>> each : attempts(managerPid).entrySet()) {
            lines.add(line(each.getKey(), inside.run(name, each.getValue())));
        }
        return lines;
    }

    /** Pure: failed, and by the kernel's own word. */
    static Line line(String attempt, Inside.Result result) {
        List<String> said = result.err().lines().map(String::strip).toList();
        Optional<String> no = NO.stream()
                .filter(word -> said.stream().anyMatch(line -> endsWith(line, word)))
                .findFirst();
        return new Line(
                attempt,
                "refused",
                no.orElse("no refusal"),
                result.status() == 0
                        ? "GOT THROUGH"
                        : "exit code " + result.status() + (no.isPresent() ? "" : ": " + said),
                result.status() != 0 && no.isPresent());
    }

    /** Programs put the kernel's words last, some with a full stop or in small letters. */
    private static boolean endsWith(String line, String word) {
        String text = line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
        return text.regionMatches(true, text.length() - word.length(), word, 0, word.length());
    }
}
