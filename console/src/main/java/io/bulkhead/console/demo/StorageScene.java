package io.bulkhead.console.demo;

import io.bulkhead.console.text.Words;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.unit.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One partition fills its volume to the last block; its neighbour and the host do not notice. */
final class StorageScene {
    /** errno(3) of write(2) on a full file system. */
    static final int ENOSPC = 28;

    private static final String FILE = "/var/tmp/bulkhead-demo-fill";
    private static final String OTHER_FILE = "/var/tmp/bulkhead-demo-beside";
    private static final int BESIDE_MEBIBYTES = 8;

    /** What an ext4 of some hundred MiB and a partition's own files leave of a volume. */
    private static final long LEAST_SHARE = 500;

    private final Inside inside;
    private final Certified certified;
    private final Path partitions;

    /**
     * @param partitions the directory of the installation with their files
     */
    StorageScene(Inside inside, Certified certified, Path partitions) {
        this.inside = inside;
        this.certified = certified;
        this.partitions = partitions;
    }

    /** A line for the partition that fills, one for its neighbour, one for the host. */
    List<Line> lines(PartitionName filler, ByteSize size, PartitionName neighbour)
            throws IOException, InterruptedException {
        String before = blocks(filler);
        Inside.Result filled = inside.run(filler, WallProbes.fill(FILE, size.plus(ByteSize.ofMebibytes(16))));
        Inside.Result beside = inside.run(neighbour, Probes.write(OTHER_FILE, BESIDE_MEBIBYTES));
        String after = blocks(filler);
        List<Line> lines = new ArrayList<>();
        lines.add(fillLine(
                filler.value(), size, certified.evidence(filler, Resource.STORAGE), WallProbes.filled(filled.out())));
        lines.add(besideLine(neighbour.value(), filler.value(), Probes.transfer(beside.err())));
        lines.add(hostLine(filler.value(), size, before, after));
        inside.run(filler, List.of("rm", "-f", FILE));
        inside.run(neighbour, List.of("rm", "-f", OTHER_FILE));
        return lines;
    }

    /** Bytes that the host has set aside for the volume. */
    private String blocks(PartitionName name) throws IOException, InterruptedException {
        Path volume = partitions.resolve(name.value()).resolve("own.ext4");
        return HostCommand.run(List.of("stat", "-c", "%b %B", volume.toString()))
                .out()
                .strip();
    }

    static Line fillLine(String name, ByteSize size, Judge.Evidence evidence, Optional<WallProbes.Filled> filled) {
        return new Line(
                name + " storage",
                size.toString(),
                evidence.readBack(),
                filled.map(each -> Words.size(each.written()) + " written, then: " + each.text())
                        .orElse("not measured"),
                evidence.held() && filled.filter(each -> isFull(size, each)).isPresent());
    }

    /** A clean end inside the volume, and most of the volume could be used. */
    static boolean isFull(ByteSize size, WallProbes.Filled filled) {
        return filled.error() == ENOSPC
                && filled.written().compareTo(size) <= 0
                && filled.written().bytes() >= size.bytes() * LEAST_SHARE / 1000;
    }

    static Line besideLine(String name, String filler, Optional<Probes.Transfer> transfer) {
        return new Line(
                name + " beside it",
                "not hurt",
                "-",
                transfer.map(each -> Words.size(each.bytes()) + " written and synced while " + filler + " is full")
                        .orElse("could not write"),
                transfer.filter(each -> each.bytes() == (long) BESIDE_MEBIBYTES << 20)
                        .isPresent());
    }

    /**
     * The host's blocks.
     *
     * @param before as {@code stat -c '%b %B'} says: how many, of how many bytes
     */
    static Line hostLine(String filler, ByteSize size, String before, String after) {
        Optional<ByteSize> had = bytes(before);
        Optional<ByteSize> has = bytes(after);
        return new Line(
                "host's disk",
                "nothing taken",
                had.map(each -> Words.size(each) + " set aside before").orElse("no file: " + before),
                has.map(each -> Words.size(each) + " with " + filler + " full").orElse("no file: " + after),
                had.isPresent() && had.equals(has) && had.get().compareTo(size) >= 0);
    }

    private static Optional<ByteSize> bytes(String stat) {
        String[] words = stat.split(" ", -1);
        return words.length == 2 && stat.matches("\\d+ \\d+")
                ? Optional.of(new ByteSize(Math.multiplyExact(Long.parseLong(words[0]), Long.parseLong(words[1]))))
                : Optional.empty();
    }
}
