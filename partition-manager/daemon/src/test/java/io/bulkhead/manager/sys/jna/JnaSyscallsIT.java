package io.bulkhead.manager.sys.jna;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.Ready;
import io.bulkhead.manager.sys.SpawnRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapter on the real kernel; needs root. */
class JnaSyscallsIT {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private final JnaSyscalls kernel = new JnaSyscalls();
    private final Children children = new Children(kernel);

    @Test
    void tellsHowAChildEnded() {
        assertThat(children.run("exit 0").end()).isEqualTo(new ProcessEnd.Exited(0));
        assertThat(children.run("exit 42").end()).isEqualTo(new ProcessEnd.Exited(42));
        assertThat(children.run("kill -TERM $$").end()).isEqualTo(new ProcessEnd.Killed(SIGTERM, false));
    }

    @Test
    void saysNothingAboutAChildThatRunsAndReapsTheKilledOne() throws IOException {
        try (Pipe input = kernel.pipe()) {
            long pid = kernel.spawn(Children.shell("read _", Map.of(0, input.readEnd())));
            try (Fd process = kernel.openProcess(pid)) {
                assertThat(kernel.pollEnd(process)).isEmpty();

                kernel.signal(process, SIGKILL);

                assertThat(children.waitFor(process)).isEqualTo(new ProcessEnd.Killed(SIGKILL, false));
                assertThat(Path.of("/proc", Long.toString(pid))).doesNotExist();
            }
        }
    }

    @Test
    void failsToSpawnWithTheErrorOfTheExec() {
        SpawnRequest request = new SpawnRequest("/no/such/program", List.of("x"), Map.of(), Map.of());

        assertThatThrownBy(() -> kernel.spawn(request))
                .isInstanceOf(ErrnoException.class)
                .hasMessage("posix_spawn(\"/no/such/program\"): ENOENT (2)");
    }

    @Test
    void childHasNoDescriptorButThoseNamed() {
        // ls itself opens the directory, as 3.
        Children.Result result = children.run("exec ls /proc/self/fd");

        assertThat(result.output().lines()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void childHasAnEmptySignalMaskAndIgnoresOnlyWhatGlibcKeeps() {
        String status = children.run("exec cat /proc/self/status").output();

        assertThat(field(status, "SigBlk")).isEqualTo("0000000000000000");
        // Signals 32 and 33 are glibc's own.
        long ignored = Long.parseUnsignedLong(field(status, "SigIgn"), 16);
        assertThat(ignored & ~(1L << 31 | 1L << 32)).isZero();
    }

    @Test
    void childLeadsASessionOfItsOwnAndHasOnlyTheEnvironmentGiven() {
        Children.Result result =
                children.run("cut -d' ' -f1,6 /proc/$$/stat; echo $$; tr '\\0' '\\n' </proc/$$/environ");

        List<String> lines = result.output().lines().toList();
        String pid = lines.get(1);
        assertThat(lines.get(0)).isEqualTo(pid + " " + pid);
        assertThat(lines.subList(2, lines.size())).containsExactly("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
    }

    private static String field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void descriptorsArriveInOrderEvenWhenTheyStandOnEachOthersNumbers(@TempDir Path directory) throws IOException {
        // Given: what the child is to have as 1 stands on 0, which another one takes first.
        Files.writeString(directory.resolve("a"), "a");
        Files.writeString(directory.resolve("b"), "b");
        try (Fd a = kernel.open(directory.resolve("a"), Set.of());
                Fd b = kernel.open(directory.resolve("b"), Set.of());
                Pipe output = kernel.pipe()) {
            // This process's own; borrowed, so never closed here.
            Fd own2 = new Fd(2, number -> {});
            Fd own0 = new Fd(0, number -> {});
            SpawnRequest request = Children.shell(
                    "l=$(readlink /proc/$$/fd/0 /proc/$$/fd/1); { echo \"$l\"; cat <&3; cat <&4; } >&5",
                    Map.of(0, own2, 1, own0, 2, output.writeEnd(), 3, b, 4, a, 5, output.writeEnd()));

            long pid = kernel.spawn(request);

            try (Fd process = kernel.openProcess(pid)) {
                output.writeEnd().close();
                assertThat(children.readAll(output.readEnd()))
                        .isEqualTo(link("/proc/self/fd/2") + "\n" + link("/proc/self/fd/0") + "\nba");
                children.waitFor(process);
            }
        }
    }

    private static String link(String path) throws IOException {
        return Files.readSymbolicLink(Path.of(path)).toString();
    }

    @Test
    void thousandSpawnsLeaveNoDescriptorBehind() throws IOException {
        children.run("exit 0");
        long before = openDescriptors();

        for (int i = 0; i < 1_000; i++) {
            long pid = kernel.spawn(new SpawnRequest("/bin/true", List.of("true"), Map.of(), Map.of()));
            try (Fd process = kernel.openProcess(pid);
                    Fd poll = kernel.createPoll()) {
                kernel.addToPoll(poll, process, i, true, false);
                assertThat(kernel.awaitReady(poll, 10_000)).singleElement().satisfies(ready -> assertThat(ready.token())
                        .isNotNegative());
                assertThat(kernel.pollEnd(process)).contains(new ProcessEnd.Exited(0));
            }
        }

        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    @Test
    void tellsTheEndOfAProcessOnceMoreAfterItWasReapedOrSaysUnknown() {
        try (Pipe input = kernel.pipe()) {
            long pid = kernel.spawn(Children.shell("read _; exit 7", Map.of(0, input.readEnd())));
            try (Fd process = kernel.openProcess(pid)) {
                input.writeEnd().close();
                assertThat(children.waitFor(process)).isEqualTo(new ProcessEnd.Exited(7));

                // Linux 6.15 and newer keep the status with the pidfd.
                assertThat(kernel.pollEnd(process).orElseThrow())
                        .isIn(new ProcessEnd.Exited(7), new ProcessEnd.Unknown());
            }
        }
    }

    @Test
    void tellsOrAdmitsNotToKnowTheEndOfAGrandchild() {
        try (Pipe input = kernel.pipe();
                Pipe output = kernel.pipe()) {
            // dash gives a background command /dev/null as its input, hence the detour over 3.
            long pid = kernel.spawn(Children.shell(
                    "exec 3<&0; { read _ <&3; exit 9; } & echo $!; wait $!",
                    Map.of(0, input.readEnd(), 1, output.writeEnd())));
            try (Fd child = kernel.openProcess(pid)) {
                byte[] line = new byte[32];
                int count = kernel.read(output.readEnd(), line, 0, line.length);
                long grandchildPid = Long.parseLong(new String(line, 0, count, US_ASCII).strip());
                try (Fd grandchild = kernel.openProcess(grandchildPid)) {
                    assertThat(kernel.pollEnd(grandchild)).isEmpty();

                    input.writeEnd().close();

                    assertThat(children.waitFor(grandchild)).isIn(new ProcessEnd.Exited(9), new ProcessEnd.Unknown());
                }
                children.waitFor(child);
            }
        }
    }

    @Test
    void readsWaitStatusesOfAllKinds() {
        assertThat(ProcessCalls.endOfWaitStatus(9 << 8)).isEqualTo(new ProcessEnd.Exited(9));
        assertThat(ProcessCalls.endOfWaitStatus(9)).isEqualTo(new ProcessEnd.Killed(9, false));
        assertThat(ProcessCalls.endOfWaitStatus(11 | 0x80)).isEqualTo(new ProcessEnd.Killed(11, true));
    }

    @Test
    void takesACopyOfAChildsDescriptor() {
        try (Pipe input = kernel.pipe();
                Pipe kept = kernel.pipe()) {
            long pid = kernel.spawn(
                    Children.shell("read _", Map.of(0, input.readEnd(), 1, kept.writeEnd(), 2, kept.writeEnd())));
            try (Fd process = kernel.openProcess(pid)) {
                try (Fd copy = kernel.takeDescriptor(process, 1)) {
                    kernel.write(copy, new byte[] {'x'}, 0, 1);
                }
                byte[] got = new byte[2];
                assertThat(kernel.read(kept.readEnd(), got, 0, 2)).isEqualTo(1);
                assertThat(got[0]).isEqualTo((byte) 'x');

                assertThatThrownBy(() -> kernel.takeDescriptor(process, 77)).hasMessageContaining("EBADF (9)");
                input.writeEnd().close();
                children.waitFor(process);
            }
        }
    }

    @Test
    void masterKnowsItsSlaveItsSizeAndTheLastSlavesEnd() {
        PseudoTerminal terminal = kernel.openPseudoTerminal();
        try (Fd master = terminal.master()) {
            byte[] buffer = new byte[64];
            assertThat(kernel.pseudoTerminalNumber(master)).isEqualTo(terminal.number());
            assertThat(kernel.windowSize(master)).isEqualTo(new WindowSize(80, 24));
            assertThat(terminal.slave()).exists();
            try (Fd slave = kernel.open(terminal.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY))) {
                kernel.setWindowSize(master, new WindowSize(65_535, 25));
                assertThat(kernel.windowSize(slave)).isEqualTo(new WindowSize(65_535, 25));

                assertThatThrownBy(() -> kernel.read(master, buffer, 0, 64))
                        .isInstanceOfSatisfying(
                                ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
                kernel.write(slave, new byte[] {'h', 'i', '\n'}, 0, 3);
                int count = kernel.read(master, buffer, 0, 64);
                assertThat(new String(buffer, 0, count, US_ASCII)).isEqualTo("hi\r\n");
            }

            assertThatThrownBy(() -> kernel.read(master, buffer, 0, 64))
                    .isInstanceOfSatisfying(
                            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
        }
    }

    @Test
    void makesDirectoriesAndDevicesWithTheModeAskedForButTheUmask(@TempDir Path directory)
            throws IOException, InterruptedException {
        Path open = directory.resolve("open");
        Path masked = directory.resolve("masked");
        Path device = directory.resolve("null");
        Path link = directory.resolve("link");

        Thread maker = new Thread(() -> {
            kernel.unshareFileSystemContext();
            kernel.setUmask(0);
            kernel.makeDirectory(open, 0777);
            kernel.makeCharacterDevice(device, 0666, 1, 3);
            kernel.setUmask(0027);
            kernel.makeDirectory(masked, 0777);
        });
        maker.start();
        maker.join();
        kernel.makeSymbolicLink(link, "nowhere");
        kernel.changeOwner(link, 1_900_000, 1_900_001);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open)))
                .isEqualTo("rwxrwxrwx");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(device)))
                .isEqualTo("rw-rw-rw-");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(masked)))
                .isEqualTo("rwxr-x---");
        assertThat(Files.getAttribute(device, "unix:rdev")).isEqualTo(0x103L);
        assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(1_900_000);
        assertThat(Files.getAttribute(link, "unix:gid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(1_900_001);
        assertThat(kernel.exists(link)).isTrue();
        assertThat(kernel.exists(link.resolve("below"))).isFalse();
        assertThat(kernel.exists(directory.resolve("absent"))).isFalse();
    }

    @Test
    void numbersDevicesAsTheCLibraryDoes() {
        assertThat(FileSystemCalls.deviceNumber(1, 3)).isEqualTo(0x103);
        // major 0x12345, minor 0x6789a: gnu_dev_makedev by hand.
        assertThat(FileSystemCalls.deviceNumber(0x12345, 0x6789a)).isEqualTo(0x0001_2000_6783_459aL);
    }

    @Test
    void refusesTextThatCWouldCutShort() {
        assertThatThrownBy(() -> kernel.makeSymbolicLink(Path.of("/tmp/x"), "a\0b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kernel.changeOwner(Path.of("/tmp/x"), 0xffff_ffffL, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closingANumberThatIsNotOpenIsLoud() {
        Fd never = new Fd(999_999, number -> {});
        Pipe pipe = kernel.pipe();
        Fd thief = FileCalls.owned(pipe.readEnd().number());
        pipe.close();

        assertThatThrownBy(thief::close).hasMessageContaining("close(fd ").hasMessageContaining("EBADF (9)");
        assertThatThrownBy(() -> kernel.read(never, new byte[1], 0, 1)).hasMessage("read(fd 999999): EBADF (9)");
    }

    @Test
    void wakesUpAPollByAnEventAndTellsHangUps() {
        try (Fd poll = kernel.createPoll();
                Fd wakeUp = kernel.createWakeUp();
                Pipe pipe = kernel.pipe()) {
            kernel.addToPoll(poll, wakeUp, Long.MIN_VALUE, true, false);
            kernel.addToPoll(poll, pipe.readEnd(), 42, true, false);
            assertThat(kernel.awaitReady(poll, 0)).isEmpty();

            kernel.write(wakeUp, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
            assertThat(kernel.awaitReady(poll, -1)).containsExactly(new Ready(Long.MIN_VALUE, true, false, false));

            kernel.removeFromPoll(poll, wakeUp);
            pipe.writeEnd().close();
            assertThat(kernel.awaitReady(poll, -1)).containsExactly(new Ready(42, false, false, true));
            kernel.changeInPoll(poll, pipe.readEnd(), 43, true, false);
            assertThat(kernel.awaitReady(poll, -1)).containsExactly(new Ready(43, false, false, true));
        }
    }
}
