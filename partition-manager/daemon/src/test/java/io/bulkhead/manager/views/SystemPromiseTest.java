package io.bulkhead.manager.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Strength;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemPromiseTest {
    private static final MountTable ONE_DISK = MountTable.parse("1 0 254:0 / / rw - ext4 /dev/vda rw\n");
    private static final String INSIDE = """
            1 0 0:60 / / rw - tmpfs none rw
            2 1 254:0 /usr /usr ro,nodev - ext4 /dev/vda rw
            """;

    private static Promise read(MountTable host, String partition) {
        return SystemPromise.read(77, host, Optional.of(MountTable.parse(partition)));
    }

    @Test
    void holdsWithTheHostsDirectoryReadOnly() {
        Promise read = read(ONE_DISK, INSIDE);

        assertThat(read.held()).isTrue();
        assertThat(read.readBack()).isEqualTo("/usr of 254:0, read-only").isEqualTo(read.promised());
        assertThat(read.strength()).isEqualTo(Strength.GUARANTEED);
        assertThat(read.evidence()).isEqualTo("/proc/77/mountinfo");
    }

    @Test
    void holdsWithAUsrOfItsOwnDisk() {
        MountTable host = MountTable.parse("1 0 254:0 / / rw - ext4 /dev/vda rw\n2 1 254:1 / /usr rw - ext4 /dev/vdb rw\n");

        assertThat(read(host, INSIDE.replace("254:0 /usr", "254:1 /")).held()).isTrue();
        assertThat(read(host, INSIDE).held()).isFalse();
    }

    @Test
    void doesNotHoldWithAnotherDirectoryAnotherDiskOrAWayToWrite() {
        assertThat(read(ONE_DISK, INSIDE.replace("/usr /usr", "/home/usr /usr")).held())
                .isFalse();
        assertThat(read(ONE_DISK, INSIDE.replace("254:0", "254:1")).held()).isFalse();
        assertThat(read(ONE_DISK, INSIDE.replace(" ro,nodev", " rw,nodev")).readBack())
                .isEqualTo("/usr of 254:0, WRITABLE");
        assertThat(read(ONE_DISK, INSIDE.replace(" ro,nodev", " rw,nodev")).held())
                .isFalse();
    }

    @Test
    void tellsThatItWasCoveredOrIsGone() {
        Promise covered = read(ONE_DISK, INSIDE + "3 2 0:61 / /usr rw - tmpfs none rw\n");

        assertThat(covered.held()).isFalse();
        assertThat(covered.reason().orElseThrow()).contains("covered");
        assertThat(SystemPromise.read(77, ONE_DISK, Optional.empty()).held()).isFalse();
    }
}
