package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.start.ConsoleTap;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.sys.Fd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Volumes, shares and disks of a partition that runs; needs root, e2fsprogs and loop devices. */
@Alone("it takes loop devices away, which anybody may have the next moment")
class StorageWallIT {
    private final StorageGround ground = new StorageGround(Optional.empty());

    @AfterEach
    void leaveNothing() {
        ground.close();
    }

    @Test
    void keepsItsOwnFilesOnAVolumeThatOutlivesRuns() {
        // Given
        ground.define(StorageGround.own(96));
        assertThat(ground.directory.resolve("etc")).doesNotExist();

        // When
        ConsoleTap console = ground.start();
        assertThat(console.run("cat /etc/hostname")).contains(TestGround.NAME.value());
        assertThat(console.run("for d in etc var home root srv; do stat -c %d:%u:%a /$d; done | sort -u | wc -l"))
                .as("each on one device, of root's")
                .isNotEmpty();
        console.run("echo kept >/root/mark; chmod 4755 /root/mark; useradd -m ann; sync");
        assertThat(console.run("stat -c %U:%a /root/mark /home/ann"))
                .contains("root:4755")
                .contains("ann:755");
        ground.stop();

        // Then
        assertThat(StorageGround.inVolume(ground.paths().own(), "/root/mark")).isEqualTo("kept\n");
        assertThat(ground.paths().before()).doesNotExist();
        console = ground.start();
        assertThat(console.run("cat /root/mark; id -un ann")).contains("kept").contains("ann");
        assertThat(console.run("df --output=size -m /home | tail -1").strip())
                .satisfies(size -> assertThat(Integer.parseInt(size)).isBetween(70, 96));
    }

    @Test
    void opensItsOwnFilesForTheManagerAtRestAndWhileItRuns() throws IOException {
        // Given
        ground.define(StorageGround.own(96));

        // When
        String atRest = hostname();
        ConsoleTap console = ground.start();
        console.run("echo other >/etc/hostname; sync");
        String running = hostname();

        // Then
        assertThat(atRest).isEqualTo(TestGround.NAME + "\n");
        assertThat(running).isEqualTo("other\n");
        ground.stop();
        assertThat(hostname()).isEqualTo("other\n");
        console = ground.start();
        assertThat(console.run("cat /etc/hostname")).contains("other");
    }

    private String hostname() throws IOException {
        try (Fd root = ground.parts.openOwn(TestGround.NAME).orElseThrow()) {
            return Files.readString(Path.of("/proc/self/fd/" + root.number(), "etc/hostname"));
        }
    }

    @Test
    void isReservedToTheLastByteAndFullWithoutHarm() throws IOException {
        // Given
        ground.define(StorageGround.own(64, StorageGround.volume("data", 32, "/srv/data")));
        Path file = ground.paths()
                .volume(StorageGround.volume("data", 32, "/srv/data").name());
        assertThat(ground.sys.allocatedBytes(file)).isGreaterThanOrEqualTo(32 << 20);
        ConsoleTap console = ground.start();
        long before = Files.getFileStore(ground.directory).getUnallocatedSpace();

        // When
        String full = console.run("head -c 200M /dev/zero >/srv/data/full; rm /srv/data/full", Duration.ofSeconds(60));
        String again =
                console.run("head -c 8M /dev/zero >/srv/data/again && sync && echo written", Duration.ofSeconds(30));
        String trimmed =
                console.run("fstrim /srv/data; fallocate -l 4M /srv/data/x; rm /srv/data/x /srv/data/again; sync");

        // Then
        assertThat(full).contains("No space left on device");
        assertThat(again).contains("written");
        assertThat(trimmed).contains("fstrim");
        assertThat(ground.sys.allocatedBytes(file)).isGreaterThanOrEqualTo(32 << 20);
        assertThat(console.run("ls -a /srv/data | tr '\\n' ' '")).startsWith(". ..");
        // Others write to that disk too.
        assertThat(before - Files.getFileStore(ground.directory).getUnallocatedSpace())
                .isLessThan(20 << 20);
        assertThat(ground.promises()).extracting(Promise::resource).containsExactly(Resource.STORAGE, Resource.VOLUMES);
        assertThat(ground.promises()).allMatch(Promise::held);
    }

    @Test
    void growsAtRestAndNeverShrinks() {
        // Given
        ground.define(StorageGround.own(64));
        ConsoleTap console = ground.start();
        console.run("echo kept >/root/mark; sync");
        long small = megabytes(console);
        ground.stop();

        // When
        ground.define(StorageGround.own(128));

        // Then
        console = ground.start();
        assertThat(megabytes(console)).isGreaterThan(small + 55);
        assertThat(console.run("cat /root/mark")).contains("kept");
        ground.stop();
        assertThatThrownBy(() -> ground.define(StorageGround.own(64)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("has 128MiB and cannot shrink to 64MiB");
        assertThatThrownBy(() -> ground.define(Optional.empty(), IoSlice.UNLIMITED))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("cannot leave it");
    }

    private static long megabytes(ConsoleTap console) {
        return Long.parseLong(
                console.run("df --output=size -m / /root | tail -1").strip());
    }

    @Test
    void finishesAGrowthThatWasCutOff() throws IOException {
        // Given
        ground.define(StorageGround.own(64));
        try (RandomAccessFile file = new RandomAccessFile(ground.paths().own().toFile(), "rw")) {
            file.setLength(128 << 20);
        }

        // When
        ground.define(StorageGround.own(128));

        // Then
        assertThat(Ext4Superblock.read(ground.paths().own()).bytes()).isEqualTo(128 << 20);
        assertThat(ground.sys.allocatedBytes(ground.paths().own())).isGreaterThanOrEqualTo(128 << 20);
    }

    @Test
    void goesBackToItsDirectoryWhileTheVolumeWasNotUsed() {
        // Given
        ground.define(StorageGround.own(64, StorageGround.volume("data", 16, "/data")));

        // When the change is taken back
        ground.wall.bind(StorageGround.record(Optional.empty(), IoSlice.UNLIMITED, List.of()));

        // Then
        assertThat(ground.directory.resolve("etc/hostname")).hasContent(TestGround.NAME.value());
        assertThat(ground.directory)
                .isDirectoryNotContaining(path -> path.toString().endsWith(".ext4"));
        assertThat(ground.paths().volumes()).isEmptyDirectory();
        assertThat(ground.paths().before()).doesNotExist();
    }

    @Test
    void keepsAVolumeThatIsTakenOutOfTheDefinition() {
        // Given
        ground.define(StorageGround.own(64, StorageGround.volume("data", 16, "/data")));
        ground.start().run("echo kept >/data/mark");
        ground.stop();

        // When
        ground.define(StorageGround.own(64, StorageGround.volume("other", 16, "/data")));

        // Then
        assertThat(ground.start().run("ls /data")).doesNotContain("mark");
        assertThat(ground.promises().get(1).reason().orElseThrow()).contains("data.ext4");
        ground.stop();
        assertThat(ground.wall.whatIsLostWith(ground.record.definition()).orElseThrow())
                .isEqualTo("its volume (64MiB), other (16MiB), data.ext4");
        ground.define(StorageGround.own(64, StorageGround.volume("data", 16, "/var/lib/data")));
        assertThat(ground.start().run("cat /var/lib/data/mark")).contains("kept");
    }

    @Test
    void bringsAJournalBackAfterACrash() throws IOException {
        // Given a run whose file system loses what it has not written, while it writes
        ground.define(StorageGround.own(96));
        ConsoleTap console = ground.start();
        console.type("i=0; while i=$((i+1)); do echo $i >/root/f$i; sync /root/f$i && echo $i >/run/acked; done\n");
        await().atMost(Duration.ofSeconds(20)).until(() -> acked() > 50);
        assertThat(TestGround.command(
                        "perl",
                        "-e",
                        "open F, '<', '/proc/" + ground.running.init().pid()
                                + "/root/root' or die $!; my $f = pack('L', 2); ioctl(F, 0x8004587D, $f) or die $!"))
                .as("EXT4_IOC_SHUTDOWN")
                .isEmpty();
        long acked = acked();
        ground.stop();
        assertThat(Ext4Superblock.read(ground.paths().own()).clean()).isFalse();

        // When
        console = ground.start();

        // Then
        assertThat(console.run("ls /root | grep -c ^f; find /root -name 'f*' -empty | wc -l")
                        .split("\n"))
                .satisfies(lines -> {
                    assertThat(Long.parseLong(lines[0])).isGreaterThanOrEqualTo(acked);
                    assertThat(lines[1]).isEqualTo("0");
                });
        ground.stop();
        assertThat(TestGround.command("e2fsck", "-f", "-n", ground.paths().own().toString()))
                .doesNotContain("Fix? no");
    }

    private long acked() {
        String text =
                TestGround.readOrEmpty(Path.of("/proc/" + ground.running.init().pid() + "/root/run/acked"));
        return text.isBlank() ? 0 : Long.parseLong(text.strip());
    }

    @Test
    void sharesDirectoriesOfTheHostAsDefined() throws IOException {
        // Given
        Path outside = Files.createTempDirectory(Path.of("/var/tmp"), "bulkhead-share-");
        try {
            Files.writeString(outside.resolve("greeting"), "hello\n");
            Share read = new Share(outside.toString(), new InsidePath("/srv/read"), false);
            Share write = new Share(outside.toString(), new InsidePath("/shared/write"), true);

            // When
            ground.define(StorageGround.own(64), read, write);
            ConsoleTap console = ground.start();

            // Then
            assertThat(console.run("cat /srv/read/greeting; stat -c %U /srv/read/greeting; echo x >/srv/read/new"))
                    .contains("hello\nroot\n")
                    .contains("Read-only file system");
            console.run("echo back >/shared/write/answer; chown 7:7 /shared/write/answer");
            assertThat(outside.resolve("answer")).hasContent("back");
            assertThat(Files.getAttribute(outside.resolve("answer"), "unix:uid"))
                    .isEqualTo(7);
            assertThat(console.run("mount -o remount,bind,rw /srv/read; umount /srv/read; echo x >/srv/read/new"))
                    .contains("Read-only file system");
            ground.stop();

            // And one that users of the host can enter is not shared for writing
            Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxr-xr-x"));
            assertThatThrownBy(() -> ground.define(StorageGround.own(64), write))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("programs there that run as root");
        } finally {
            PartitionDirectories.removeWholeTree(outside);
        }
    }

    @Test
    void refusesSharesThatCannotBe() throws IOException {
        Path link = ground.ground.directory.resolveSibling(
                "bulkhead-link-" + ProcessHandle.current().pid());
        Files.createSymbolicLink(link, Path.of("/etc"));
        try {
            assertRefused(new Share(ground.directory.toString(), new InsidePath("/srv/x"), false), "are kept in");
            assertRefused(
                    new Share(
                            ground.directory.getParent().getParent().getParent().toString(),
                            new InsidePath("/srv/x"),
                            false),
                    "are kept in");
            assertRefused(new Share("/proc/1", new InsidePath("/srv/x"), false), "is the kernel's");
            assertRefused(new Share(link.toString(), new InsidePath("/srv/x"), false), "is a link");
            assertRefused(new Share("/no/such", new InsidePath("/srv/x"), false), "is no directory");
            assertRefused(new Share("/sys/fs/cgroup", new InsidePath("/srv/x"), false), "is the kernel's");
        } finally {
            Files.delete(link);
        }
    }

    private void assertRefused(Share share, String why) {
        assertThatThrownBy(() -> ground.define(Optional.empty(), IoSlice.UNLIMITED, share))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }

    @Test
    void followsNoLinkThatThePartitionLaid() {
        // Given
        ground.define(StorageGround.own(64));
        ground.start().run("rmdir /srv; ln -s /etc /srv/data; ls -l /srv/data");
        ground.stop();
        ground.define(StorageGround.own(64, StorageGround.volume("data", 16, "/srv/data")));

        // When, Then
        assertThatThrownBy(ground::start).hasMessageContaining("/srv/data in the partition is a link or no directory");
        assertThat(ground.parts.loops().below(ground.directory)).isEmpty();
    }

    @Test
    void handsADiskInAndTakesItBack() throws IOException {
        // Given a "disk"
        Path image = ground.ground.directory.resolve("disk.img");
        TestGround.command("truncate", "-s", "64M", image.toString());
        String device =
                TestGround.command("losetup", "-f", "--show", image.toString()).strip();
        String name = device.substring("/dev/".length());
        try {
            ground.define(new StorageSlice(Optional.of(ByteSize.ofMebibytes(64)), List.of(), List.of(name)));

            // When
            ConsoleTap console = ground.start();

            // Then
            assertThat(console.run(
                            "mke2fs -q -F /dev/" + name + " && echo made; stat -c %U:%G:%a /dev/" + name,
                            Duration.ofSeconds(30)))
                    .contains("made")
                    .contains("root:disk:660");
            assertThat(console.run("mount /dev/" + name + " /mnt; echo status $?"))
                    .doesNotContain("status 0");
            assertThat(ground.promises()).allMatch(Promise::held);
            ground.stop();

            // And it is the partition's as long as it is that disk
            assertThat(TestGround.command("blkid", "-p", "-o", "value", "-s", "TYPE", device))
                    .startsWith("ext");
            TestGround.command("losetup", "-d", device);
            await().until(() -> !ground.parts.loops().backingFile(name).equals(image.toString()));
            Path another = ground.ground.directory.resolve("another.img");
            TestGround.command("truncate", "-s", "64M", another.toString());
            TestGround.command("losetup", device, another.toString());
            assertThat(ground.promises()).anyMatch(promise -> !promise.held());
            assertThatThrownBy(ground::start).hasMessageContaining("is another disk than the one that was given");
        } finally {
            TestGround.command("losetup", "-d", device);
        }
    }

    @Test
    void refusesADiskThatIsInUse() throws IOException {
        String root = TestGround.command("findmnt", "-n", "-o", "SOURCE", "/").strip();
        String name = root.substring(root.lastIndexOf('/') + 1);
        PartitionSpec spec = StorageGround.record(
                        Optional.of(new StorageSlice(Optional.empty(), List.of(), List.of(name))),
                        IoSlice.UNLIMITED,
                        List.of())
                .definition();

        assertThat(ground.parts
                        .admission(Optional.of("ext4"))
                        .refuse(
                                spec,
                                StorageGround.record(spec.claim().storage(), IoSlice.UNLIMITED, List.of())
                                        .slice()
                                        .orElseThrow(),
                                List.of())
                        .orElseThrow()
                        .detail())
                .contains(name + " is mounted on /");
    }

    @Test
    void leavesNothingAfterTwentyRounds() {
        for (int round = 0; round < 20; round++) {
            ground.define(StorageGround.own(48, StorageGround.volume("data", 16, "/srv/data")));
            ground.start().run("echo " + round + " >/srv/data/round");
            ground.stop();
        }
        assertThat(StorageGround.inVolume(
                        ground.paths()
                                .volume(StorageGround.volume("data", 16, "/x").name()),
                        "/content/round"))
                .isEqualTo("19\n");
    }
}
