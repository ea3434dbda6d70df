package io.bulkhead.manager.views;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Strength;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemPromiseTest {
    private static final Path USR = Path.of("/usr");
    private static final MountTable ONE_DISK = MountTable.parse("1 0 254:0 / / rw - ext4 /dev/vda rw\n", true);
    private static final String INSIDE = """
            1 0 0:60 / / rw - tmpfs none rw
            2 1 254:0 /usr /usr ro,nodev - ext4 /dev/vda rw
            """;

    private static Promise read(MountTable host, String partition) {
        return SystemPromise.read(77, host.of(USR), Optional.of(MountTable.parse(partition, true)));
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
        MountTable host =
                MountTable.parse("1 0 254:0 / / rw - ext4 /dev/vda rw\n2 1 254:1 / /usr rw - ext4 /dev/vdb rw\n", true);

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
        assertThat(SystemPromise.read(77, ONE_DISK.of(USR), Optional.empty()).held())
                .isFalse();
    }

    @Test
    void findsTheHostsAsTheKernelShowsIt() throws Exception {
        HostUsr usr = new HostUsr(Path.of("/proc"));

        MountTable.Mount found = usr.mount().orElseThrow();

        assertThat(found.root()).endsWith("usr").isNotEqualTo("/usr/usr");
        long device = (Long) java.nio.file.Files.getAttribute(USR, "unix:dev");
        assertThat(found.device()).isEqualTo((device >> 8 & 0xFFF) + ":" + (device & 0xFF | device >> 12 & 0xFFF00));
        assertThat(usr.mount()).containsSame(found);
    }
}
