package io.bulkhead.manager.keeping;

import io.bulkhead.contract.hardware.CpuSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel was booted with; admin-guide/kernel-parameters.txt.
 *
 * @param tickless the CPUs of {@code nohz_full=}, whose RCU callbacks are moved away as well; absent where the kernel was
 *     built without it
 */
public record BootFacts(Optional<CpuSet> tickless) {
    /**
     * Reads them.
     *
     * @param root the directory that has {@code sys}
     */
    public static BootFacts read(Path root) {
        Path file = root.resolve("sys/devices/system/cpu/nohz_full");
        try {
            if (!Files.exists(file)) {
                return new BootFacts(Optional.empty());
            }
            String text = Files.readString(file).strip();
            // What the kernel prints for none: " (null)".
            return new BootFacts(Optional.of(text.contains("null") ? CpuSet.EMPTY : CpuSet.parse(text)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
