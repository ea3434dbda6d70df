package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;

/**
 * The protection of the upper groups: {@code memory.min} holds nothing in a group unless every group above it has at
 * least as much, so they have the sum of what is inside. Raised before a group inside is raised, lowered after. Calls
 * are serialised by the caller.
 */
final class MemoryTops {
    private final V2Layout layout;
    private final long pageSize;

    MemoryTops(V2Layout layout, long pageSize) {
        this.layout = layout;
        this.pageSize = pageSize;
    }

    /** Makes room for what an outer group is to have, whatever it has now. */
    void raise(CgroupFiles files, Path outer, ByteSize amount) {
        for (Path top : layout.tops()) {
            if (outer.startsWith(top)) {
                ByteSize wanted = sumWithout(files, top, outer).plus(amount);
                MemoryController memory = new MemoryController(files, top, pageSize);
                if (amount(memory).compareTo(wanted) < 0) {
                    memory.setMin(wanted);
                }
            }
        }
    }

    /** Brings both to what is inside. */
    void settle(CgroupFiles files) {
        for (Path top : layout.tops()) {
            if (files.exists(top)) {
                ByteSize wanted = sum(files, top);
                MemoryController memory = new MemoryController(files, top, pageSize);
                if (!amount(memory).equals(wanted)) {
                    memory.setMin(wanted);
                }
            }
        }
    }

    /** What is protected in all groups inside together. */
    ByteSize sum(CgroupFiles files, Path top) {
        return sumWithout(files, top, top);
    }

    private ByteSize sumWithout(CgroupFiles files, Path top, Path without) {
        return files.groupsIn(top).stream()
                .filter(group -> !group.equals(without))
                .map(group -> amount(new MemoryController(files, group, pageSize)))
                .reduce(ByteSize.ZERO, ByteSize::plus);
    }

    /** Nobody of ours protects without bound; where somebody else did, it counts as nothing and is set right. */
    private static ByteSize amount(MemoryController memory) {
        return memory.min().fold(amount -> amount, ByteSize.ZERO);
    }
}
