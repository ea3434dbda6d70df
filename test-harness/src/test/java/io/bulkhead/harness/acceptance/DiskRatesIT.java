package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** I/O on NVMe goes as fast as the slice says, within a tenth, however it is done. */
@Alone("it measures rates")
@RequiresHost(cgroupV2 = true, nvme = true, disposable = true)
class DiskRatesIT {
    /** Of an emulated pool of two: dd takes a third of one for 50 operations a second. */
    private static final String CPUS = "0.7";

    private static final int MIB_PER_SECOND = 4;
    private static final int OPERATIONS_PER_SECOND = 50;
    private static final int MIB = 20;
    private static final int OPERATIONS = 250;

    private static Installation host;
    private static String disk = "";

    @BeforeAll
    static void install() {
        host = Installation.up();
        disk = host.hostStatus().disk().orElseThrow().device();
        String bytes = MIB_PER_SECOND + "MiB/s";
        String operations = OPERATIONS_PER_SECOND + "/s";
        host.run("define", "bytes", "--cpus", CPUS, "--memory", "128MiB", "--io-read", bytes, "--io-write", bytes)
                .expect(0);
        host.run(
                        "define",
                        "operations",
                        "--cpus",
                        CPUS,
                        "--memory",
                        "128MiB",
                        "--io-read-ops",
                        operations,
                        "--io-write-ops",
                        operations)
                .expect(0);
        host.run("start", "bytes", "operations").expect(0);
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "direct write, if=/dev/zero of=/root/data bs=256k oflag=direct conv=fsync",
        "synced write, if=/dev/zero of=/root/data bs=1M oflag=dsync conv=notrunc",
        "buffered write, if=/dev/zero of=/root/data bs=256k conv=notrunc conv=fsync",
        "direct read, if=/root/data of=/dev/null bs=256k iflag=direct",
        "buffered read, if=/root/data of=/dev/null bs=256k"
    })
    @Proves("block I/O keeps to its rate in bytes: direct, synced and buffered")
    void bytesGoAsFastAsTheSliceSays(String name, String how) throws IOException {
        ensureFile("bytes", MIB);

        double rate = rate(
                "bytes",
                List.of("rbytes", "wbytes"),
                how.contains("dsync") ? shared(4, how, MIB) : how + " count=" + MIB * 4);

        assertWithinATenth(rate, MIB_PER_SECOND << 20, name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "direct write, if=/dev/zero of=/root/data bs=4k oflag=direct conv=notrunc",
        "direct read, if=/root/data of=/dev/null bs=4k iflag=direct"
    })
    @Proves("block I/O keeps to its rate in operations")
    void operationsGoAsFastAsTheSliceSays(String name, String how) throws IOException {
        ensureFile("operations", 1);

        double rate = rate("operations", List.of("rios", "wios"), shared(2, how, OPERATIONS));

        assertWithinATenth(rate, OPERATIONS_PER_SECOND, name);
    }

    /** Several at once, so that the disk has something to do while one waits for its last block. */
    private static String shared(int workers, String how, int count) {
        return Stream.generate(() -> how + " count=" + count / workers)
                .limit(workers)
                .collect(Collectors.joining(" & dd ", "", " & wait"));
    }

    /** Makes the file that is read or written over, with its blocks on the disk, and empties the host's cache. */
    private static void ensureFile(String partition, int mib) throws IOException {
        host.exec(
                        partition,
                        "[ -s /root/data ] || dd if=/dev/zero of=/root/data bs=1M count=" + mib
                                + " conv=fsync 2>/dev/null; sync -f /root")
                .expect(0);
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
    }

    /** How much dd does each second, as the kernel counts it for the partition on the disk that has its files. */
    private static double rate(String partition, List<String> counters, String how) {
        return IoRate.during(
                host.groupOf(partition).resolve("io.stat"), disk, counters, () -> host.exec(partition, "dd " + how)
                        .expect(0));
    }

    private static void assertWithinATenth(double rate, double slice, String name) {
        assertThat(rate)
                .as("%s: %.0f a second, by the slice %.0f", name, rate, slice)
                .isBetween(slice * 0.9, slice * 1.1);
    }
}
