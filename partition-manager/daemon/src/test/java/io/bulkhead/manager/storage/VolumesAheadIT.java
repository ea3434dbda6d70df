package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.start.ConsoleTap;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.start.TestGround.Holdings;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Volumes that are mounted ahead of a run; needs root, e2fsprogs and loop devices. */
@Alone("it takes loop devices away, which anybody may have the next moment")
class VolumesAheadIT {
    private static final StorageSlice VOLUMES = StorageGround.own(48, StorageGround.volume("data", 16, "/srv/data"));

    /** Of two volumes: loop-control, file, number, device and its configuration for each, then a mount of each. */
    private static final int CALLS_TO_MOUNT = 12;

    private final StorageGround ground = new StorageGround(Optional.empty());

    @AfterEach
    void leaveNothing() {
        ground.close();
        assertThat(ground.devices()).isEmpty();
    }

    /** Defines, and has a run behind it, without which nothing is mounted ahead. */
    private void use() {
        ground.define(VOLUMES);
        ground.start();
        ground.stop();
    }

    private void mountAhead() {
        use();
        ground.doWhatIsLeft();
        assertThat(ground.devices()).hasSize(2);
    }

    private VolumesAhead ahead() {
        return ground.parts.ahead(TestGround.NAME);
    }

    private static void assertSound(Path volume) throws IOException {
        assertThat(Ext4Superblock.read(volume).clean()).isTrue();
        assertThat(TestGround.command("e2fsck", "-f", "-n", volume.toString())).doesNotContain("Fix? no");
    }

    // ---- what a run gets

    @Test
    void givesTheNextRunWhatWasMountedAfterTheLast() {
        // Given
        use();
        String before = TestGround.readOrEmpty(Path.of("/proc/self/mountinfo"));

        // When
        ground.doWhatIsLeft();

        // Then nobody on the host sees it
        List<String> devices = ground.devices();
        assertThat(devices).hasSize(2);
        assertThat(TestGround.readOrEmpty(Path.of("/proc/self/mountinfo"))).isEqualTo(before);
        ConsoleTap console = ground.start();
        assertThat(ground.devices()).containsExactlyElementsOf(devices);
        assertThat(console.run("echo kept >/root/mark && cat /root/mark; ls -d /srv/data"))
                .contains("kept")
                .contains("/srv/data");
        assertThat(ground.promises()).hasSize(2).allSatisfy(promise -> assertThat(promise.held())
                .as(promise.toString())
                .isTrue());
        ground.stop();
        assertThat(StorageGround.inVolume(ground.paths().own(), "/root/mark")).isEqualTo("kept\n");
    }

    @Test
    void mountsNothingThatWasNeverUsedSinceItsMakingCanBeUndone() {
        // Given
        ground.define(VOLUMES);

        // When
        ground.doWhatIsLeft();

        // Then
        assertThat(ground.devices()).isEmpty();
        ground.wall.bind(StorageGround.record(Optional.empty(), IoSlice.UNLIMITED, List.of()));
        assertThat(ground.directory.resolve("etc/hostname")).exists();
    }

    @Test
    void isMountedByTheStartWhereNobodyHasYet() {
        // Given
        use();
        assertThat(ground.left).isNotEmpty();

        // When
        ground.start();

        // Then what was left comes too late
        List<String> devices = ground.devices();
        ground.doWhatIsLeft();
        assertThat(ground.devices()).containsExactlyElementsOf(devices).hasSize(2);
    }

    @Test
    void isWaitedForByAStartWhileItIsBeingMounted() throws InterruptedException {
        // Given
        use();
        Thread beside = new Thread(ground::doWhatIsLeft);

        // When
        beside.start();
        ground.start();

        // Then
        beside.join();
        assertThat(ground.devices()).hasSize(2);
        assertThat(ground.promises()).allMatch(promise -> promise.held());
    }

    // ---- who needs them at rest

    @Test
    void isLetGoOfBeforeAVolumeGrows() throws IOException {
        // Given
        mountAhead();

        // When
        ground.define(StorageGround.own(96, StorageGround.volume("data", 32, "/srv/data")));

        // Then
        assertThat(ground.devices()).isEmpty();
        assertThat(Ext4Superblock.read(ground.paths().own()).bytes()).isEqualTo(96 << 20);
        assertSound(ground.paths().own());
        ground.doWhatIsLeft();
        assertThat(ground.devices()).hasSize(2);
        assertThat(ground.start().run("df --output=size -m /root | tail -1").strip())
                .satisfies(size -> assertThat(Integer.parseInt(size)).isBetween(70, 96));
    }

    @Test
    void isLetGoOfWhenTheSliceIsReleased() throws IOException {
        // Given
        mountAhead();

        // When
        ground.wall.release(TestGround.NAME);

        // Then
        assertThat(ground.devices()).isEmpty();
        assertSound(ground.paths().own());
        ground.doWhatIsLeft();
        assertThat(ground.devices()).isEmpty();
        // And bound again, it is mounted again
        ground.define(VOLUMES);
        ground.doWhatIsLeft();
        assertThat(ground.devices()).hasSize(2);
    }

    @Test
    void isLetGoOfWhenTheManagerGoes() throws IOException {
        mountAhead();

        ground.wall.close();

        assertThat(ground.devices()).isEmpty();
        assertSound(ground.paths().own());
    }

    @Test
    void isClearedAwayWithARunAndMountedAnew() {
        mountAhead();

        ground.wall.afterRun(TestGround.NAME);

        assertThat(ground.devices()).isEmpty();
        ground.doWhatIsLeft();
        assertThat(ground.devices()).hasSize(2);
    }

    @Test
    void mountsNoOtherVolumesThanThoseOfTheDefinition() {
        // Given
        mountAhead();

        // When
        ground.define(StorageGround.own(48));
        ground.doWhatIsLeft();

        // Then
        assertThat(ground.devices()).singleElement().satisfies(device -> assertThat(
                        ground.parts.loops().backingFile(device))
                .isEqualTo(ground.paths().own().toString()));
        assertThat(ground.start().run("ls -d /srv/data/content || echo none")).contains("none");
    }

    @Test
    void showsItsFilesToTheManagerByTheSameDevice() throws IOException {
        // Given
        mountAhead();
        List<String> devices = ground.devices();

        // When
        try (Fd root = ground.parts.openOwn(TestGround.NAME).orElseThrow()) {
            assertThat(ground.devices()).containsExactlyElementsOf(devices);
            Files.writeString(Path.of("/proc/self/fd/" + root.number(), "etc/hostname"), "rebased\n");
        }

        // Then
        assertThat(ground.start().run("cat /etc/hostname")).contains("rebased");
        assertThat(ground.devices()).containsExactlyElementsOf(devices);
    }

    @Test
    void isMountedByWhoeverOpensItsFilesFirst() {
        // Given
        use();

        // When
        try (Fd root = ground.parts.openOwn(TestGround.NAME).orElseThrow()) {
            assertThat(root.number()).isPositive();
            List<String> devices = ground.devices();
            ground.doWhatIsLeft();

            // Then
            assertThat(devices).hasSize(2);
            assertThat(ground.devices()).containsExactlyElementsOf(devices);
        }
        ground.start();
        assertThat(ground.devices()).hasSize(2);
    }

    // ---- what fails

    @Test
    void isGivenToNoRunWhileAnotherDeviceShowsAVolume() {
        // Given somebody who looks into a volume at rest
        mountAhead();
        String device = TestGround.command(
                        "losetup",
                        "--find",
                        "--show",
                        "--read-only",
                        ground.paths().own().toString())
                .strip();
        try {
            // When, Then
            StorageWall impatient = ground.parts.wall(ground.cgroups, false, ground.left::add, 50);
            assertThatThrownBy(() -> impatient.beforeBoot(ground.record, ground.request(), new Undo()))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("is still on " + device);
            assertThat(ground.devices()).containsExactly(device.substring("/dev/".length()));
            assertThat(ahead().due()).isTrue();
            ahead().prepare();
            assertThat(ground.devices()).hasSize(1);
        } finally {
            TestGround.command("losetup", "-d", device);
        }
        ground.start();
    }

    @Test
    void isRepairedBeforeARunIfItMetAnErrorMeanwhile() throws IOException {
        // Given
        mountAhead();
        String own = ground.devices().stream()
                .filter(device -> ground.parts
                        .loops()
                        .backingFile(device)
                        .equals(ground.paths().own().toString()))
                .findFirst()
                .orElseThrow();
        try (Fd trigger =
                ground.sys.open(Path.of("/sys/fs/ext4", own, "trigger_fs_error"), EnumSet.of(OpenFlag.WRITE_ONLY))) {
            byte[] words = "made to fail".getBytes(StandardCharsets.US_ASCII);
            ground.sys.write(trigger, words, 0, words.length);
        }

        // When
        ConsoleTap console = ground.start();

        // Then
        assertThat(console.run("echo written >/root/mark && cat /root/mark")).contains("written");
        ground.stop();
        assertSound(ground.paths().own());
    }

    @Test
    void leavesNothingAndIsLeftToTheStartWhicheverCallFails() {
        // Given
        use();
        Holdings before = Holdings.now();
        for (int call = 1; ; call++) {
            AtomicInteger left = new AtomicInteger(call);
            VolumesAhead failing = ahead(name -> {
                if (left.decrementAndGet() == 0) {
                    throw new ErrnoException(name, new Errno(5), "made to fail");
                }
            });
            failing.expect(List.of(
                    ground.paths().own(),
                    ground.paths().volume(VOLUMES.volumes().get(0).name())));
            assertThat(failing.due()).isTrue();

            // When
            failing.prepare();

            // Then
            if (left.get() > 0) {
                assertThat(call).isGreaterThan(20);
                failing.letGo();
                break;
            }
            Optional<MountedVolumes> made = failing.take(failing.files());
            // What is only read ahead may be missing.
            assertThat(made.isPresent()).as("call " + call).isEqualTo(call > CALLS_TO_MOUNT);
            made.ifPresent(MountedVolumes::close);
            assertThat(ground.devices()).as("call " + call).isEmpty();
            assertThat(Holdings.now().files()).as("call " + call).isEqualTo(before.files());
        }
        ground.start();
    }

    @Test
    void readsNothingAheadThatIsNotThePartitionsOwn() throws IOException {
        // Given a partition that has put other things where files are read ahead
        ground.define(VOLUMES);
        ground.start()
                .run(
                        "rm /etc/hosts /etc/ld.so.cache; mkfifo /etc/hosts; ln -s /proc/kmsg /etc/ld.so.cache; ls /etc/hosts");
        ground.stop();

        // When, Then
        ground.doWhatIsLeft();
        assertThat(ground.devices()).hasSize(2);
        assertThat(ground.start().run("echo here")).contains("here");
    }

    private VolumesAhead ahead(Consumer<String> before) {
        Syscalls sys = (Syscalls) Proxy.newProxyInstance(
                Syscalls.class.getClassLoader(), new Class<?>[] {Syscalls.class}, (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    try {
                        return method.invoke(ground.sys, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return StorageParts.ofHost(
                        sys,
                        ground.directory.getParent(),
                        List.of(),
                        PartitionDirectories::removeWholeTree,
                        ground.ground.starter::userNamespace)
                .ahead(TestGround.NAME);
    }

    @Test
    void makesNothingAfterItWasLetGo() throws InterruptedException {
        // Given one that is being made
        use();
        CountDownLatch begun = new CountDownLatch(1);
        VolumesAhead slow = ahead(name -> begun.countDown());
        slow.expect(List.of(ground.paths().own()));
        slow.due();
        Thread beside = new Thread(slow::prepare);
        beside.start();
        begun.await();

        // When
        slow.letGo();

        // Then
        assertThat(ground.devices()).isEmpty();
        beside.join();
        slow.prepare();
        assertThat(ground.devices()).isEmpty();
        assertThat(ahead().take(List.of())).isEmpty();
    }
}
