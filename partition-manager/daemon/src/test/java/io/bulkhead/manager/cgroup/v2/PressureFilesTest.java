package io.bulkhead.manager.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Pressure.Stall;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PressureFilesTest {
    @TempDir
    Path group;

    private Optional<Pressure> read() {
        return new PressureFiles(new KernelCgroupFiles(), group).read();
    }

    @Test
    void readsTheTotalsOfTheKernel() throws IOException {
        Files.writeString(group.resolve("cpu.pressure"), "some avg10=1.53 avg60=0.87 avg300=0.20 total=1234567\n");
        Files.writeString(
                group.resolve("memory.pressure"),
                "some avg10=0.00 avg60=0.00 avg300=0.00 total=9\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=4\n");

        assertThat(read())
                .contains(new Pressure(
                        Optional.of(new Stall(1_234_567, Optional.empty())),
                        Optional.of(new Stall(9, Optional.of(4L))),
                        Optional.empty()));
    }

    @Test
    void tellsNothingWhereTheKernelDoesNot() throws IOException {
        assertThat(read()).isEmpty();

        Files.writeString(group.resolve("io.pressure"), "");
        assertThat(read()).isEmpty();
    }
}
