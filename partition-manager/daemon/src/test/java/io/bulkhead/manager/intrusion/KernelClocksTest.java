package io.bulkhead.manager.intrusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.Intrusion.Interrupt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelClocksTest {
    @TempDir
    private Path root;

    private KernelClocks clocks;

    @BeforeEach
    void makeATree() throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.createDirectories(root.resolve("sys/devices/system/cpu"));
        put(
                "proc/stat",
                "cpu  50863 304 15589 445091 1057 0 224 93 7 0",
                "cpu0 26226 279 10500 219018 422 0 29 45 7 0",
                "cpu2 24636 24 5089 226073 635 0 194 48 0 0",
                "intr 1087427 0 0 0 1",
                "ctxt 17");
        put(
                "proc/interrupts",
                "           CPU0       CPU2       ",
                " 24:          1          0  IO-APIC   5-edge      ACPI:Ged",
                " 36:         10     180503 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0",
                "LOC:     245575     197636   Local timer interrupts",
                "PIN:          0          0   Posted-interrupt notification event",
                "ERR:          0",
                "MIS:          7");
        put("sys/devices/system/cpu/online", "0,2");
        clocks = new KernelClocks(root);
    }

    private void put(String file, String... lines) throws IOException {
        Files.writeString(root.resolve(file), String.join("\n", lines) + "\n");
    }

    @Test
    void readsWhatEachCpuWasNotUsedForInMicroseconds() {
        Sample sample = clocks.sample(CpuSet.of(2));

        assertThat(sample.cpus())
                .containsOnlyKeys(0, 2)
                .containsEntry(0, new CpuClock(2_194_400_000L, 450_000))
                .containsEntry(2, new CpuClock(2_267_080_000L, 480_000));
        assertThat(sample.has(CpuSet.parse("0,2"))).isTrue();
        assertThat(sample.has(CpuSet.parse("0-2"))).isFalse();
        assertThat(clocks.online()).isEqualTo(CpuSet.parse("0,2"));
    }

    @Test
    void countsInterruptsByTheColumnOfTheCpuAndNotItsNumber() {
        InterruptCounts counts = clocks.sample(CpuSet.of(2)).interrupts();

        assertThat(counts.since(InterruptCounts.NONE, CpuSet.of(2), 9))
                .containsExactly(
                        new Interrupt("LOC", "Local timer interrupts", 197_636),
                        new Interrupt("36", "PCI-MSIX-0000:00:02.0 1-edge virtio1-req.0", 180_503));
        assertThat(clocks.sample(CpuSet.EMPTY).interrupts()).isEqualTo(InterruptCounts.NONE);
    }

    @Test
    void saysWhichFileIsNotThere() throws IOException {
        Files.delete(root.resolve("proc/stat"));

        assertThatThrownBy(() -> clocks.sample(CpuSet.of(2)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("proc/stat");
    }
}
