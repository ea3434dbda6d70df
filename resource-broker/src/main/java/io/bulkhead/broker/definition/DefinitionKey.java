package io.bulkhead.broker.definition;

import java.util.List;

/**
 * One key of a partition's definition. {@link #ALL} is the single source of what is known: the reader, the JSON schema
 * and the documents are held to it.
 *
 * @param path where it stands below the partition's name: {@code memory}, {@code io.read}
 * @param allowed what may be written
 * @param defaultText what holds where nothing is said; {@code required} if something must be said
 * @param documentation what it does, one line
 */
public record DefinitionKey(String path, String allowed, String defaultText, String documentation) {
    static final String REQUIRED = "required";

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
