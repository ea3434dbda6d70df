package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;

/** Memory of one group and the groups inside; cgroup-v1/memory.rst. */
final class MemoryController {
    private final CgroupFiles files;
    private final Path group;
    private final long pageSize;

    MemoryController(CgroupFiles files, Path group, long pageSize) {
        this.files = files;
        this.group = group;
        this.pageSize = pageSize;
    }

    Path limitFile() {
        return group.resolve("memory.limit_in_bytes");
    }

    Path limitWithSwapFile() {
        return group.resolve("memory.memsw.limit_in_bytes");
    }

    Path hierarchyFile() {
        return group.resolve("memory.use_hierarchy");
    }

    /** Whether this kernel counts swap with memory. */
    boolean countsSwap() {
        return files.exists(limitWithSwapFile());
    }

    /** Whether the limit holds for groups inside together; always so from kernel 5.11 on. */
    boolean hierarchical() {
        return !files.exists(hierarchyFile()) || Knob.number(files, hierarchyFile()) == 1;
    }

    void makeHierarchical() {
        if (!hierarchical()) {
            Knob.set(files, hierarchyFile(), "1");
        }
    }

    /** No more than this, with swap no more either; the kernel prefers dropping page cache to swapping. */
    void setLimit(ByteSize limit) {
        String bytes = String.valueOf(rounded(limit).bytes());
        // The limit with swap must never be below the one without (memory.rst 2.4), so a larger one goes first.
        boolean grows = countsSwap() && Knob.number(files, limitWithSwapFile()) < limit.bytes();
        if (grows) {
            Knob.set(files, limitWithSwapFile(), bytes);
        }
        Knob.set(files, limitFile(), bytes);
        if (countsSwap()) {
            Knob.set(files, limitWithSwapFile(), bytes);
        }
        Path swappiness = group.resolve("memory.swappiness");
        if (files.exists(swappiness)) {
            Knob.set(files, swappiness, "0");
        }
    }

    /** The same limit as the group above has, to be read; swap is bounded there. */
    void showLimit(ByteSize limit) {
        Knob.set(files, limitFile(), String.valueOf(limit.bytes()));
    }

    Limit<ByteSize> limit() {
        return read(limitFile());
    }

    Limit<ByteSize> limitWithSwap() {
        return read(limitWithSwapFile());
    }

    /** What the kernel makes of a limit: whole pages, rounded down (mm/page_counter.c, page_counter_memparse). */
    ByteSize rounded(ByteSize limit) {
        return new ByteSize(limit.bytes() / pageSize * pageSize);
    }

    /** Victims of the out-of-memory killer that were in this very group; version 1 does not add up groups inside. */
    long outOfMemoryKills() {
        return Knob.number(files, group.resolve("memory.oom_control"), "oom_kill");
    }

    long usageBytes() {
        return Knob.number(files, group.resolve("memory.usage_in_bytes"));
    }

    private Limit<ByteSize> read(Path file) {
        long bytes = Knob.number(files, file);
        // "No limit" is LONG_MAX in whole pages (PAGE_COUNTER_MAX).
        return bytes >= Long.MAX_VALUE / pageSize * pageSize ? Limit.unlimited() : Limit.of(new ByteSize(bytes));
    }
}
