package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteSize;

/** The ranges that claims and slices have in common. */
final class SliceRules {
    private static final ByteSize LEAST_MEMORY = ByteSize.ofMebibytes(16);

    private SliceRules() {}

    static void checkMemory(ByteSize memory) {
        if (memory.compareTo(LEAST_MEMORY) < 0) {
            throw new IllegalArgumentException("memory must be at least " + LEAST_MEMORY + ": " + memory);
        }
        if (memory.bytes() % 4096 != 0) {
            throw new IllegalArgumentException("memory must be whole pages of 4KiB: " + memory);
        }
    }

    static void checkTasks(int tasks) {
        if (tasks < 16 || tasks > 4_194_304) {
            throw new IllegalArgumentException("tasks must be 16 to 4194304: " + tasks);
        }
    }
}
