package io.bulkhead.broker.definition;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One key of a partition's definition. {@link #ALL} is the single source of what is known: the reader, the JSON schema
 * and the documents are held to it.
 *
 * @param path where it stands below the partition's name: {@code memory}, {@code io.read}; where blocks stand by a name
 *     that people choose, a word in capitals for that: {@code volumes.NAME.size}
 * @param allowed what may be written
 * @param defaultText what holds where nothing is said; {@code required} if something must be said
 * @param documentation what it does, one line
 */
public record DefinitionKey(String path, String allowed, String defaultText, String documentation) {
    static final String REQUIRED = "required";

    /** What stands in a path for the name of a volume. */
    static final String NAME = "NAME";

    /** What stands in a path for the place of a share. */
    static final String PLACE_NAME = "PLACE";

    private static final String PLACE = "an absolute path inside like /srv/data, not in what the system is made of";

    /** Every key there is, in the order in which they are written. */
    public static final List<DefinitionKey> ALL = List.of(
            new DefinitionKey("from", "the name of a profile", "none", "The profile that gives what is not said here."),
            new DefinitionKey("description", "one line of at most 200 characters", "none", "What it is for."),
            new DefinitionKey(
                    "cpus",
                    "a whole number of CPUs like 2, a part of a CPU like 0.5, or a block with count, node, cache,"
                            + " type, near, threads, ids, isolated or with part",
                    REQUIRED,
                    "CPUs for the partition alone, or an entitlement from the shared pool."),
            new DefinitionKey("cpus.count", "a whole number from 1 to 8192", "as many as ids", "How many whole CPUs."),
            new DefinitionKey("cpus.node", "a whole number from 0 to 8191", "any", "The NUMA node they must be on."),
            new DefinitionKey(
                    "cpus.cache", "one or any", "any", "Whether they must all have the same last-level cache."),
            new DefinitionKey(
                    "cpus.type",
                    "performance or efficiency",
                    "performance cores where they have room, never mixed",
                    "What their cores must be built for, on a machine that has both."),
            new DefinitionKey(
                    "cpus.near",
                    "the name of a disk or network interface like nvme0n1",
                    "nothing",
                    "The device that they are to be as close to as there is room."),
            new DefinitionKey(
                    "cpus.threads",
                    "whole-core or any",
                    "whole-core",
                    "Whether a core's threads all belong to one owner, or may be divided."),
            new DefinitionKey(
                    "cpus.ids",
                    "a list of CPU numbers like 2-3,6 (in quotes if it has a comma)",
                    "any",
                    "Exactly these CPUs."),
            new DefinitionKey(
                    "cpus.isolated",
                    "true or false",
                    "false",
                    "Whether the kernel balances no load between them, for programs that pin their threads."),
            new DefinitionKey(
                    "cpus.part",
                    "a number from 0.01 to 512 with at most three decimals",
                    "none",
                    "CPU time from the shared pool, also where it is a whole number."),
            new DefinitionKey(
                    "memory",
                    "a size from 16MiB in whole pages of 4KiB, like 1GiB",
                    REQUIRED,
                    "RAM, all of it reserved."),
            new DefinitionKey(
                    "oomGroup",
                    "true or false",
                    "false",
                    "Whether all of it is killed when the kernel kills a part of it for want of memory."),
            new DefinitionKey(
                    "tasks",
                    "a whole number from 16 to 4194304",
                    "512",
                    "How many processes and threads there may be."),
            new DefinitionKey("io", "a block with read, write, readOps, writeOps", "unlimited", "Bounds on block I/O."),
            new DefinitionKey("io.read", "a rate like 50MiB/s, or unlimited", "unlimited", "Bytes read per second."),
            new DefinitionKey(
                    "io.write", "a rate like 20MiB/s, or unlimited", "unlimited", "Bytes written per second."),
            new DefinitionKey("io.readOps", "a rate like 500/s, or unlimited", "unlimited", "Reads per second."),
            new DefinitionKey("io.writeOps", "a rate like 500/s, or unlimited", "unlimited", "Writes per second."),
            new DefinitionKey(
                    "storage",
                    "a size from 16MiB in whole MiB like 4GiB, or a block with size, disks",
                    "none: its files lie in a directory of the host, unbounded",
                    "Disk space of its own, all of it reserved."),
            new DefinitionKey(
                    "storage.size",
                    "a size from 16MiB in whole MiB, like 4GiB",
                    "none: its files lie in a directory of the host, unbounded",
                    "The volume that holds its /etc, /var, /home, /root and /srv."),
            new DefinitionKey(
                    "storage.disks",
                    "a list of disks like [sdb], as /sys/block names them",
                    "none",
                    "Whole disks of the host that are handed in."),
            new DefinitionKey(
                    "volumes",
                    "a block of volumes by name, each with size and at",
                    "none",
                    "Further file systems of its own, all of their space reserved."),
            new DefinitionKey(
                    "volumes.NAME.size",
                    "a size from 16MiB in whole MiB, like 10GiB",
                    REQUIRED,
                    "The space of a volume."),
            new DefinitionKey("volumes.NAME.at", PLACE, REQUIRED, "Where the partition sees a volume."),
            new DefinitionKey(
                    "shares",
                    "a block of shares by the place where the partition sees them, each with from and write",
                    "none",
                    "Directories of the host that it sees too."),
            new DefinitionKey(
                    "shares.PLACE.from",
                    "an absolute path of the host like /srv/pictures",
                    REQUIRED,
                    "The directory of the host."),
            new DefinitionKey(
                    "shares.PLACE.write", "true or false", "false", "Whether the partition may change what is in it."),
            new DefinitionKey(
                    "network",
                    "bridge, or a block with in, out, address, peers, publish or with device",
                    "none: it has the loopback alone",
                    "A share of the network."),
            new DefinitionKey(
                    "network.in", "a rate like 100Mbit/s, or unlimited", "unlimited", "Bits received per second."),
            new DefinitionKey(
                    "network.out", "a rate like 20Mbit/s, or unlimited", "unlimited", "Bits sent per second."),
            new DefinitionKey(
                    "network.device",
                    "the name of a network interface like eth1",
                    "none: it is on the bridge",
                    "A whole interface of the host, moved in while the partition runs."),
            new DefinitionKey(
                    "network.address",
                    "an IPv4 address of the bridge's subnet like 10.77.0.9",
                    "one that the manager finds and keeps",
                    "Its address on the bridge."),
            new DefinitionKey(
                    "network.peers",
                    "a list of partitions like [web]",
                    "none",
                    "Partitions that may talk to it and it to them."),
            new DefinitionKey(
                    "network.publish",
                    "a list of ports like ['8080:80', '53:53/udp'], the host's first, in quotes",
                    "none",
                    "Ports of the host that lead to it."),
            new DefinitionKey(
                    "console",
                    "a block with rate, history",
                    "4MiB/s, and as much history as the settings say",
                    "What its serial console may cost the host."),
            new DefinitionKey(
                    "console.rate",
                    "a rate from 1KiB/s on like 4MiB/s, or unlimited",
                    "4MiB/s",
                    "Bytes put out per second; whoever wants to write more inside waits."),
            new DefinitionKey(
                    "console.history",
                    "a size from 4KiB to 64MiB like 1MiB",
                    "what console_history in the settings says",
                    "How much of the newest output the manager keeps, over its own restarts too."),
            new DefinitionKey(
                    "init",
                    "shell, systemd, {systemd: {mask: [units]}} or {service: [program, arguments], restart: when}",
                    "shell",
                    "What runs as process 1."),
            new DefinitionKey("init.systemd", "a block with mask", "none", "The host's systemd as a full OS."),
            new DefinitionKey(
                    "init.systemd.mask",
                    "a list of units like [cron.service]",
                    "none",
                    "Units that must not start, beyond the built-in list."),
            new DefinitionKey(
                    "init.service",
                    "a list: the program's absolute path, then its arguments",
                    "none",
                    "One supervised service beside the console's login."),
            new DefinitionKey(
                    "init.restart", "always, on-failure or never", "always", "When a service that ended starts again."),
            new DefinitionKey(
                    "autostart", "true, false or a block with order", "false", "Whether it starts with the manager."),
            new DefinitionKey(
                    "autostart.order",
                    "a whole number from 0 to 1000",
                    "100",
                    "Its turn then: lower ones first, the same number together."),
            new DefinitionKey("opt", "true or false", "false", "Whether the host's /opt is shown, read-only."),
            new DefinitionKey(
                    "hardening",
                    "a block with deny, allow, drop, objects",
                    "as built in",
                    "What is changed of the walls that every partition has."),
            new DefinitionKey(
                    "hardening.deny",
                    "a list of system calls like [io_uring_setup]",
                    "none",
                    "System calls that are refused beyond the built-in list."),
            new DefinitionKey(
                    "hardening.allow",
                    "a list of system calls like [keyctl]",
                    "none",
                    "System calls that are taken off the built-in list."),
            new DefinitionKey(
                    "hardening.drop",
                    "a list of capabilities like [net_raw], without cap_",
                    "none",
                    "Capabilities that nobody inside has."),
            new DefinitionKey(
                    "hardening.objects",
                    "a block with inotifyInstances, inotifyWatches, namespaces",
                    "as built in",
                    "The most that it may take of what the kernel counts for the whole host."),
            new DefinitionKey(
                    "hardening.objects.inotifyInstances",
                    "a whole number from 0 to 1048576",
                    "as built in",
                    "How many inotify instances there may be."),
            new DefinitionKey(
                    "hardening.objects.inotifyWatches",
                    "a whole number from 0 to 16777216",
                    "as built in",
                    "How many files and directories they may watch."),
            new DefinitionKey(
                    "hardening.objects.namespaces",
                    "a whole number from 0 to 65536",
                    "as built in",
                    "How many namespaces of each kind there may be."),
            new DefinitionKey(
                    "stopTimeout",
                    "a time from 100ms to 1h, like 10s; units ms, s, min, h",
                    "10s",
                    "How long an orderly stop may take before everything is killed."),
            new DefinitionKey(
                    "rootPassword",
                    "a hash of crypt(5), in quotes: '$6$...', '$5$...', '$y$...' or '$2b$...'",
                    "none: the console logs root in by itself",
                    "The password of the partition's root."));

    /** The key's own name: {@code read} of {@code io.read}. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The word in capitals in the path, if there is one. */
    Optional<String> placeholder() {
        return Stream.of(NAME, PLACE_NAME)
                .filter(word -> path.contains("." + word + "."))
                .findFirst();
    }

    /** The same with a name in place of the word in capitals. */
    DefinitionKey named(String name) {
        return new DefinitionKey(
                placeholder()
                        .map(word -> path.replace("." + word + ".", "." + name + "."))
                        .orElse(path),
                allowed,
                defaultText,
                documentation);
    }

    /** Whether a path that somebody typed means this key; where either has a word in capitals, that stands for any name. */
    public boolean isMeantBy(String typed) {
        return path.equals(typed) || matches(typed, path) || matches(path, typed);
    }

    private static boolean matches(String template, String path) {
        return Stream.of(NAME, PLACE_NAME)
                .filter(word -> template.contains("." + word + "."))
                .anyMatch(word -> {
                    int at = template.indexOf("." + word + ".") + 1;
                    String end = template.substring(at + word.length());
                    return path.startsWith(template.substring(0, at))
                            && path.endsWith(end)
                            && path.length() > at + end.length();
                });
    }

    /** The key of that path, which must exist. */
    static DefinitionKey of(String path) {
        return ALL.stream().filter(key -> key.path().equals(path)).findFirst().orElseThrow();
    }

    /** The names of the keys right below a path; {@code ""} for those of the partition. */
    static List<String> namesBelow(String parent) {
        String prefix = parent.isEmpty() ? "" : parent + ".";
        return ALL.stream()
                .map(DefinitionKey::path)
                .filter(path -> path.startsWith(prefix) && path.indexOf('.', prefix.length()) < 0)
                .map(path -> path.substring(prefix.length()))
                .toList();
    }
}
