package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.host.HostFactsReader;
import io.bulkhead.manager.start.ConsoleTap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That block I/O on volumes goes as fast as it was promised and no faster; needs root, e2fsprogs and loop devices. */
@Alone("it measures rates")
class StorageRatesIT {
    private static final Percentage TEN = Percentage.withPercentage(10);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final long MEBIBYTE = 1 << 20;

    private static final IoSlice BYTES = new IoSlice(
            Limit.of(new ByteRate(10 * MEBIBYTE)),
            Limit.of(new ByteRate(8 * MEBIBYTE)),
            Limit.unlimited(),
            Limit.unlimited());
    private static final IoSlice OPERATIONS = new IoSlice(
            Limit.unlimited(), Limit.unlimited(), Limit.of(new OperationRate(150)), Limit.of(new OperationRate(100)));

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdsBytesOfDirectAndSyncedIo(boolean diskKnown) {
        try (StorageGround ground = ground(diskKnown)) {
            // Given
            ground.define(Optional.of(StorageGround.own(160, StorageGround.volume("data", 64, "/srv/data"))), BYTES);
            ConsoleTap console = ground.start();

            // When, Then
            for (String file : new String[] {"/root/f", "/srv/data/f"}) {
                assertThat(bytesPerSecond(console, "dd if=/dev/zero of=" + file + " bs=1M count=32 oflag=direct"))
                        .as("written to " + file)
                        .isCloseTo(8 * MEBIBYTE, TEN);
            }
            assertThat(bytesPerSecond(console, "dd if=/dev/zero of=/root/f bs=1M count=32 conv=notrunc,fsync"))
                    .as("written and synced")
                    .isCloseTo(8 * MEBIBYTE, TEN);
            assertThat(bytesPerSecond(console, "dd if=/root/f of=/dev/null bs=1M iflag=direct"))
                    .as("read")
                    .isCloseTo(10 * MEBIBYTE, TEN);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdsOperationsOfDirectIo(boolean diskKnown) {
        try (StorageGround ground = ground(diskKnown)) {
            // Given
            ground.define(Optional.of(StorageGround.own(96)), OPERATIONS);
            ConsoleTap console = ground.start();
            console.run("head -c 4M /dev/zero >/root/f; sync", PATIENCE);

            // When, Then
            assertThat(bytesPerSecond(console, "dd if=/dev/zero of=/root/f bs=4k count=400 oflag=direct conv=notrunc")
                            / 4096)
                    .as("writes")
                    .isCloseTo(100, TEN);
            assertThat(bytesPerSecond(console, "dd if=/root/f of=/dev/null bs=4k count=600 iflag=direct") / 4096)
                    .as("reads")
                    .isCloseTo(150, TEN);
        }
    }

    private static StorageGround ground(boolean diskKnown) {
        Optional<Disk> disk = diskKnown
                ? new HostFactsReader(Path.of("/")).read(Path.of("/tmp")).disk()
                : Optional.empty();
        assertThat(disk.isPresent()).isEqualTo(diskKnown);
        return new StorageGround(disk);
    }

    /** By its own clock: {@code 33554432 bytes (34 MB, 32 MiB) copied, 4.00043 s, 8.4 MB/s}. */
    private static long bytesPerSecond(ConsoleTap console, String dd) {
        String said = console.run(dd + " 2>&1 | tail -1", PATIENCE).strip();
        String[] words = said.replaceAll("\\([^)]*\\) ", "").split(" ");
        assertThat(words).as(said).hasSizeGreaterThan(4);
        double seconds = Double.parseDouble(words[3]);
        assertThat(seconds).as(said).isGreaterThan(3);
        return (long) (Long.parseLong(words[0]) / seconds);
    }
}
