package io.bulkhead.manager.caps;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;
import java.util.Set;

/** The memory of one of the host's groups; cgroup-v2.rst, "Memory Interface Files". */
final class GroupMemory {
    private static final Set<String> RECLAIMABLE = Set.of("inactive_file", "active_file", "slab_reclaimable");
    private static final String MAX = "max";

    private final CgroupFiles files;
    private final Path group;

    GroupMemory(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    String name() {
        return String.valueOf(group.getFileName());
    }

    /** Whether the group is there and the kernel counts its memory. */
    boolean isThere() {
        return files.exists(maxFile());
    }

    Limit<ByteSize> max() {
        return limit(maxFile());
    }

    /** What is kept for it: of an instance's top group, the sum of its slices. */
    ByteSize min() {
        return limit(group.resolve("memory.min")).fold(amount -> amount, ByteSize.ZERO);
    }

    void setMax(Limit<ByteSize> max) {
        files.write(maxFile(), max.fold(amount -> String.valueOf(amount.bytes()), MAX));
    }

    /** What it has, with its part of the caches. */
    ByteSize used() {
        return new ByteSize(Knob.number(files, group.resolve("memory.current")));
    }

    /** What the kernel could take from it without taking it from a process. */
    ByteSize reclaimable() {
        long bytes = files.read(group.resolve("memory.stat"))
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length == 2 && RECLAIMABLE.contains(words[0]))
                .mapToLong(words -> Long.parseLong(words[1]))
                .sum();
        return new ByteSize(bytes);
    }

    /** What it holds for good, as far as one can tell from outside. */
    ByteSize held() {
        return new ByteSize(Math.max(0, used().bytes() - reclaimable().bytes()));
    }

    /**
     * Has the kernel take caches from it until it has this much, as far as that goes. Unlike a write to memory.max this
     * never kills.
     */
    void shrinkTo(ByteSize wanted) {
        Path file = group.resolve("memory.reclaim");
        long bytes = Math.min(used().bytes() - wanted.bytes(), reclaimable().bytes());
        if (bytes <= 0 || !files.exists(file)) {
            return;
        }
        try {
            files.write(file, String.valueOf(bytes));
        } catch (CgroupException e) {
            // EAGAIN: it was less than asked for. What it has now is read afterwards anyway.
            return;
        }
    }

    private Path maxFile() {
        return group.resolve("memory.max");
    }

    private Limit<ByteSize> limit(Path file) {
        String text = Knob.text(files, file);
        try {
            return text.equals(MAX) ? Limit.unlimited() : Limit.of(new ByteSize(Long.parseLong(text)));
        } catch (NumberFormatException e) {
            throw new CgroupException("read " + file + ": '" + text + "' is no amount of memory", e);
        }
    }
}
