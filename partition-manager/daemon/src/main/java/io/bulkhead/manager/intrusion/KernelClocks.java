package io.bulkhead.manager.intrusion;

import io.bulkhead.contract.hardware.CpuSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.TreeMap;

/** Reads {@link HostClocks} from proc(5) and sysfs(5). Any thread. */
public final class KernelClocks implements HostClocks {
    /** Of one USER_HZ; the same on every architecture that Debian boots on (asm-generic/param.h). */
    static final long TICK_MICROS = 10_000;

    /** Columns of a line of /proc/stat, after its name; proc_stat(5). */
    private static final int IDLE = 3;

    private static final int IOWAIT = 4;
    private static final int STEAL = 7;

    private final Path stat;
    private final Path interrupts;
    private final Path online;

    /**
     * For the kernel, or for a tree that imitates it.
     *
     * @param root the directory that has {@code proc} and {@code sys}
     */
    public KernelClocks(Path root) {
        this.stat = root.resolve("proc/stat");
        this.interrupts = root.resolve("proc/interrupts");
        this.online = root.resolve("sys/devices/system/cpu/online");
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public CpuSet online() {
        try {
            return CpuSet.parse(Files.readString(online));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Sample sample(CpuSet watched) {
        try {
            // The interrupts first: what comes right after the clocks is the partitions' own time.
            InterruptCounts counts = watched.isEmpty() ? InterruptCounts.NONE : counts(watched);
            long timeMillis = System.currentTimeMillis();
            try (BufferedReader text = Files.newBufferedReader(stat)) {
                // The kernel makes the text when the first byte of it is read.
                long nanos = nanos();
                return new Sample(nanos, timeMillis, clocks(text), counts);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<Integer, CpuClock> clocks(BufferedReader text) throws IOException {
        Map<Integer, CpuClock> clocks = new HashMap<>();
        for (String line = text.readLine(); line != null && line.startsWith("cpu"); line = text.readLine()) {
            StringTokenizer words = new StringTokenizer(line);
            String name = words.nextToken().substring("cpu".length());
            if (!name.isEmpty()) {
                long[] columns = new long[STEAL + 1];
                for (int i = 0; i <= STEAL; i++) {
                    columns[i] = Math.multiplyExact(Long.parseLong(words.nextToken()), TICK_MICROS);
                }
                clocks.put(
                        Integer.parseInt(name),
                        new CpuClock(Math.addExact(columns[IDLE], columns[IOWAIT]), columns[STEAL]));
            }
        }
        return clocks;
    }

    private InterruptCounts counts(CpuSet watched) throws IOException {
        Map<String, InterruptCounts.Line> lines = new TreeMap<>();
        try (BufferedReader text = Files.newBufferedReader(interrupts)) {
            List<Integer> columns = header(String.valueOf(text.readLine()));
            List<Integer> counted =
                    columns.stream().filter(cpu -> watched.contains(cpu)).toList();
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                add(line, columns, watched, lines);
            }
            return new InterruptCounts(counted, lines);
        }
    }

    /** Like {@code CPU0 CPU1 CPU3}: those that are online. */
    private static List<Integer> header(String line) {
        List<Integer> cpus = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(line);
        while (words.hasMoreTokens()) {
            cpus.add(Integer.parseInt(words.nextToken().substring("CPU".length())));
        }
        return cpus;
    }

    /**
     * Takes a line like {@code 36: 0 180503 PCI-MSIX-0000:00:02.0 1-edge virtio1-req.0}. One that has fewer counts than there
     * are CPUs ({@code ERR}) is of no CPU.
     */
    private static void add(
            String line, List<Integer> columns, CpuSet watched, Map<String, InterruptCounts.Line> lines) {
        StringTokenizer words = new StringTokenizer(line);
        if (words.countTokens() <= columns.size()) {
            return;
        }
        String irq = words.nextToken();
        List<Long> counts = new ArrayList<>();
        boolean fired = false;
        for (int cpu : columns) {
            String word = words.nextToken();
            if (watched.contains(cpu)) {
                long count = Long.parseLong(word);
                fired |= count != 0;
                counts.add(count);
            }
        }
        if (fired) {
            StringBuilder description = new StringBuilder();
            while (words.hasMoreTokens()) {
                description.append(description.isEmpty() ? "" : " ").append(words.nextToken());
            }
            lines.put(irq.substring(0, irq.length() - 1), new InterruptCounts.Line(description.toString(), counts));
        }
    }
}
