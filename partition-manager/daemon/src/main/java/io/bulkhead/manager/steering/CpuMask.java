package io.bulkhead.manager.steering;

import io.bulkhead.contract.hardware.CpuSet;
import java.util.ArrayList;
import java.util.List;

/**
 * CPUs in the kernel's mask format: hexadecimal words of 32 CPUs, the highest first, with commas between; cpuset(7), "Mask
 * format". Pure.
 */
final class CpuMask {
    private static final int WORD = 32;
    private static final int MOST_WORDS = 256;

    private CpuMask() {}

    /** Reads a mask; throws {@link IllegalArgumentException} for anything else. */
    static CpuSet parse(String text) {
        String[] words = text.strip().split(",", -1);
        if (words.length > MOST_WORDS) {
            throw new IllegalArgumentException("'" + text + "' names more CPUs than a kernel has");
        }
        List<Integer> cpus = new ArrayList<>();
        for (int word = 0; word < words.length; word++) {
            if (!words[word].matches("[0-9a-fA-F]{1,8}")) {
                throw new IllegalArgumentException("'" + text + "' is not a mask of CPUs");
            }
            long bits = Long.parseLong(words[word], 16);
            int first = (words.length - 1 - word) * WORD;
            for (int bit = 0; bit < WORD; bit++) {
                if ((bits >> bit & 1) == 1) {
                    cpus.add(first + bit);
                }
            }
        }
        return CpuSet.of(cpus);
    }

    /** Writes a mask as short as it can be. */
    static String format(CpuSet cpus) {
        int highest = cpus.stream().max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (int word = highest / WORD; word >= 0; word--) {
            int first = word * WORD;
            long bits = cpus.stream()
                    .filter(cpu -> cpu >= first && cpu < first + WORD)
                    .mapToLong(cpu -> 1L << (cpu - first))
                    .sum();
            text.append(text.isEmpty() ? Long.toHexString(bits) : String.format(",%08x", bits));
        }
        return text.toString();
    }
}
