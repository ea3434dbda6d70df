package io.bulkhead.console.demo;

import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What programs take for the machine is the slice. */
final class ViewsScene {
    private static final String CPUS = "grep -c ^processor /proc/cpuinfo";
    private static final String MEMORY = "sed -n 's/^MemTotal: *//p' /proc/meminfo";
    private static final String UPTIME = "cut -d. -f1 /proc/uptime";
    private static final String BOOT = "cut -d- -f1 /proc/sys/kernel/random/boot_id";

    /** Seconds between the boot and its record, and what a slow host adds. */
    private static final long UPTIME_SLACK = 5;

    private final Inside inside;
    private final Certified certified;

    ViewsScene(Inside inside, Certified certified) {
        this.inside = inside;
        this.certified = certified;
    }

    /** Lines of a partition with whole CPUs, which know the count to be seen. */
    List<Line> lines(PartitionName name) throws IOException, InterruptedException {
        PartitionStatus status = certified.status(name);
        Slice slice = certified.slice(name);
        Optional<Promise> promise = certified.promise(name, Resource.VIEWS);
        String cpus = slice.cpus() instanceof CpuSlice.Whole whole
                ? Integer.toString(whole.cpus().size())
                : "of the pool";
        String memory = slice.memory().bytes() / 1024 + " kB";
        long seconds = (System.currentTimeMillis() - status.startedAtMillis().orElse(0L)) / 1000 + UPTIME_SLACK;
        return List.of(
                line(name, "nproc", cpus, host("nproc"), within(name, "nproc")),
                file(promise, "lxcfs", line(name, "cpuinfo", cpus, host(CPUS), within(name, CPUS))),
                file(promise, "lxcfs", line(name, "free, top", memory, host(MEMORY), within(name, MEMORY))),
                file(promise, "clocks", uptime(name, seconds, host(UPTIME), within(name, UPTIME))),
                file(promise, "boot id", own(name, "boot id", host(BOOT), within(name, BOOT))));
    }

    /** Pure: exactly what the slice has. */
    static Line line(PartitionName name, String what, String slice, String host, String partition) {
        return new Line(name + " " + what, slice, "host: " + host, partition, partition.equals(slice));
    }

    /** Pure: not longer than since its own boot. */
    static Line uptime(PartitionName name, long most, String host, String partition) {
        boolean held = partition.matches("\\d{1,9}") && Long.parseLong(partition) <= most;
        return new Line(name + " uptime", "since its boot", "host: " + host + " s", partition + " s", held);
    }

    private static Line own(PartitionName name, String what, String host, String partition) {
        boolean held = !partition.isEmpty() && !partition.equals(host);
        return new Line(name + " " + what, "its own", "host: " + host + "-…", partition + "-…", held);
    }

    /** Pure: a line is left out where the certificate does not promise what shows it. */
    static Line file(Optional<Promise> promise, String by, Line line) {
        boolean promised = promise.filter(each -> each.promised().contains(by)).isPresent();
        return promised
                ? line
                : Line.notHere(
                        line.subject(),
                        line.asked(),
                        promise.flatMap(Promise::reason).orElse("this host has no " + by + " for it"));
    }

    private String within(PartitionName name, String command) throws IOException {
        return inside.run(name, List.of("sh", "-c", command)).out().strip();
    }

    private static String host(String command) throws IOException, InterruptedException {
        return HostCommand.run(List.of("sh", "-c", command)).out().strip();
    }
}
