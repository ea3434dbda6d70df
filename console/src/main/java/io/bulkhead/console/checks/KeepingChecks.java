package io.bulkhead.console.checks;

import io.bulkhead.contract.partition.HostStatus;
import java.util.List;
import java.util.stream.Collectors;

/** How well the host is kept in line with the slices, by what the manager says; only while it is up. Pure. */
public final class KeepingChecks {
    private KeepingChecks() {}

    public static List<Finding> of(HostStatus host) {
        return List.of(interrupts(host.steering()), memoryCaps(host.memoryCaps()));
    }

    private static Finding interrupts(HostStatus.Steering steering) {
        String what = "interrupts";
        if (!steering.on()) {
            return Finding.weak(
                    what,
                    "not kept off whole CPUs: " + steering.reason().orElse(""),
                    "host.steer_interrupts = true, in the settings");
        }
        if (steering.stuck().isEmpty()) {
            return Finding.good(
                    what,
                    steering.cpus().isEmpty()
                            ? "kept off whole CPUs, of which none is held now"
                            : "kept off CPUs " + steering.cpus());
        }
        return Finding.weak(
                what,
                steering.stuck().size() + " on CPUs of slices all the same: "
                        + steering.stuck().stream()
                                .limit(3)
                                .map(each -> each.number() + " (" + each.name() + ") on " + each.cpus() + ": "
                                        + each.reason())
                                .collect(Collectors.joining("; ")),
                "'bulkhead host' lists them; queues that the kernel spreads by itself obey isolcpus=managed_irq,"
                        + steering.cpus() + " at boot, as far as they share CPUs");
    }

    private static Finding memoryCaps(HostStatus.MemoryCaps caps) {
        String what = "memory of stopped partitions";
        if (!caps.on()) {
            return Finding.weak(
                    what,
                    "not kept from the host's own groups: " + caps.reason().orElse(""),
                    "on a cgroup v2 host: host.memory_caps = auto, in the settings");
        }
        if (caps.cap().isPresent() && caps.groups().isEmpty()) {
            return Finding.weak(
                    what,
                    "the host has no groups of its own: all of it stands in the root of the hierarchy, which has no cap",
                    "run what the host runs in control groups, as systemd does");
        }
        List<String> over = caps.groups().stream()
                .filter(each -> caps.cap()
                        .map(cap -> each.max().fold(max -> max.compareTo(cap) > 0, true))
                        .orElse(false))
                .map(each -> each.group() + " may have " + each.max())
                .toList();
        return over.isEmpty()
                ? Finding.good(
                        what,
                        caps.cap()
                                .map(cap -> "each of the host's groups has " + cap + " at most")
                                .orElse("the host's groups are capped while slices are held"))
                : Finding.weak(
                        what,
                        "the host uses more than is left to it: " + String.join(", ", over),
                        "stop some of what runs there; the caps come down with its use");
    }
}
