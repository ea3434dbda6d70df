package io.bulkhead.harness.lab;

import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The shape of a guest's hardware, as a file in {@code configs/lab} says it.
 *
 * @param name the file's name without {@code .conf}
 * @param sockets at least 1
 * @param dies per socket
 * @param cores per die
 * @param threads per core
 * @param memory of the whole machine, divided evenly among the nodes, each share in whole MiB
 * @param nodes NUMA nodes: 1, one per socket, or one per die
 * @param bus what the data disk hangs on
 * @param diskSize of the data disk
 */
record Topology(
        String name,
        int sockets,
        int dies,
        int cores,
        int threads,
        ByteSize memory,
        int nodes,
        Bus bus,
        ByteSize diskSize) {
    private static final String SUFFIX = ".conf";

    /** What a disk can hang on. */
    enum Bus {
        NVME,
        VIRTIO
    }

    Topology {
        if (nodes != 1 && nodes != sockets && nodes != sockets * dies) {
            throw new IllegalArgumentException(
                    "memory.nodes: " + nodes + " is neither 1 nor one per socket nor one per die");
        }
        if (memory.bytes() % nodes != 0
                || memory.bytes() / nodes % ByteSize.ofMebibytes(1).bytes() != 0) {
            throw new IllegalArgumentException(
                    "memory.size: " + memory + " does not give each of " + nodes + " nodes a whole number of MiB");
        }
    }

    int cpus() {
        return sockets * dies * cores * threads;
    }

    int cpusPerNode() {
        return cpus() / nodes;
    }

    /** Names of all topologies in a directory, sorted. */
    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Reads a topology by its name.
     *
     * @throws IllegalArgumentException with all faults of the file, or with the names that there are
     */
    static Topology read(Path directory, String name) throws IOException {
        List<String> known = names(directory);
        if (!known.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no topology '" + name + "' (there are " + String.join(", ", known) + ")");
        }
        return parse(name, Files.readString(directory.resolve(name + SUFFIX)));
    }

    /** Reads a topology from its text. */
    static Topology parse(String name, String text) {
        TopologyFile file = new TopologyFile(name + SUFFIX, text);
        int sockets = file.count("cpus.sockets");
        int dies = file.count("cpus.dies");
        int cores = file.count("cpus.cores");
        int threads = file.count("cpus.threads");
        ByteSize memory = file.value("memory.size", ByteSize::parse, ByteSize.ZERO);
        int nodes = file.count("memory.nodes");
        Bus bus = file.value("disk.bus", Topology::bus, Bus.VIRTIO);
        ByteSize diskSize = file.value("disk.size", ByteSize::parse, ByteSize.ZERO);
        file.refuseFaults();
        try {
            return new Topology(name, sockets, dies, cores, threads, memory, nodes, bus, diskSize);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + SUFFIX + ": " + e.getMessage(), e);
        }
    }

    private static Bus bus(String text) {
        return switch (text) {
            case "nvme" -> Bus.NVME;
            case "virtio" -> Bus.VIRTIO;
            default -> throw new IllegalArgumentException("'" + text + "' is no bus of a disk; it is nvme or virtio");
        };
    }
}
