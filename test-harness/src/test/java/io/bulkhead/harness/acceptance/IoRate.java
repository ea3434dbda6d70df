package io.bulkhead.harness.acceptance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How fast a group's I/O goes, by the kernel's own count: what a program does before its first block does not blur it. */
final class IoRate {
    private static final long NANOS_BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Of all that was done: what comes first and last is left out, since it goes with other things. */
    private static final double MARGIN = 0.1;

    private record Look(long nanos, long count) {}

    private IoRate() {}

    /**
     * Runs this and watches.
     *
     * @param ioStat the group's file
     * @param disk whose line, as MAJOR:MINOR
     * @param counters whose sum is watched: {@code rbytes}, {@code wbytes}, {@code rios}, {@code wios}
     * @return how much each second
     */
    static double during(Path ioStat, String disk, List<String> counters, Runnable work) {
        List<Look> changes = new ArrayList<>();
        CompletableFuture<Void> done = CompletableFuture.runAsync(work);
        long last = count(ioStat, disk, counters);
        changes.add(new Look(System.nanoTime(), last));
        while (!done.isDone()) {
            LockSupport.parkNanos(NANOS_BETWEEN_LOOKS);
            long now = count(ioStat, disk, counters);
            if (now != last) {
                changes.add(new Look(System.nanoTime(), now));
                last = now;
            }
        }
        done.join();
        return inTheMiddle(changes);
    }

    private static double inTheMiddle(List<Look> changes) {
        long first = changes.get(0).count;
        long all = changes.get(changes.size() - 1).count - first;
        List<Look> middle = changes.stream()
                .filter(look -> look.count - first >= all * MARGIN && look.count - first <= all * (1 - MARGIN))
                .toList();
        if (middle.size() < 2) {
            throw new IllegalStateException("too little was seen of it: " + changes);
        }
        Look begin = middle.get(0);
        Look end = middle.get(middle.size() - 1);
        return (end.count - begin.count) * 1e9 / (end.nanos - begin.nanos);
    }

    private static long count(Path ioStat, String disk, List<String> counters) {
        return ThisHost.text(ioStat)
                .lines()
                .filter(line -> line.startsWith(disk + " "))
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .filter(word -> word.contains("=") && counters.contains(word.substring(0, word.indexOf('='))))
                .mapToLong(word -> Long.parseLong(word.substring(word.indexOf('=') + 1)))
                .sum();
    }
}
