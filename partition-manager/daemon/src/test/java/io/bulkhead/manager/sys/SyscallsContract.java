package io.bulkhead.manager.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.WindowSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every kernel behind the port does, the model as well as the real one. */
@Timeout(30)
public interface SyscallsContract {
    /** The kernel under test. */
    Syscalls kernel();

    /** Makes a file that the kernel gives notice of. */
    NoticedFile noticedFile() throws Exception;

    /** A file that the kernel gives notice of. */
    interface NoticedFile extends AutoCloseable {
        Path path();

        /** Gives it another text, with notice. */
        void change() throws IOException;

        /** Takes it away. */
        @Override
        void close() throws IOException;
    }

    /** Reads once. */
    private String read(Fd fd) {
        byte[] buffer = new byte[64];
        int count = kernel().read(fd, buffer, 0, buffer.length);
        return count < 0 ? "end" : new String(buffer, 0, count, java.nio.charset.StandardCharsets.US_ASCII);
    }

    private void write(Fd fd, String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(kernel().write(fd, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static void assertFails(Errno errno, String message, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno))
                .hasMessage(message);
    }

    @Test
    default void pipeCarriesBytesInOrderAndEndsWithItsLastWriter() {
        try (Pipe pipe = kernel().pipe()) {
            Fd second = kernel().duplicate(pipe.writeEnd());
            write(pipe.writeEnd(), "one ");
            write(second, "two");
            pipe.writeEnd().close();
            assertThat(read(pipe.readEnd())).isEqualTo("one two");
            second.close();
            assertThat(read(pipe.readEnd())).isEqualTo("end");
        }
    }

    @Test
    default void readsOnlyWhatIsAskedForIntoThePlaceAskedFor() {
        try (Pipe pipe = kernel().pipe()) {
            write(pipe.writeEnd(), "abc");
            byte[] buffer = {'.', '.', '.', '.'};
            assertThat(kernel().read(pipe.readEnd(), buffer, 1, 2)).isEqualTo(2);
            assertThat(buffer).containsExactly('.', 'a', 'b', '.');
        }
    }

    @Test
    default void emptyPipeWouldBlock() {
        try (Pipe pipe = kernel().pipe()) {
            kernel().setNonBlocking(pipe.readEnd(), true);
            assertFails(Errno.EAGAIN, "read(" + pipe.readEnd() + "): EAGAIN (11)", () -> read(pipe.readEnd()));
        }
    }

    @Test
    default void pipeWithoutReadersBreaks() {
        try (Pipe pipe = kernel().pipe()) {
            pipe.readEnd().close();
            assertFails(Errno.EPIPE, "write(" + pipe.writeEnd() + "): EPIPE (32)", () -> write(pipe.writeEnd(), "x"));
        }
    }

    @Test
    default void bothEndsOfASocketPairReadAndWrite() {
        try (Pipe pair = kernel().socketPair()) {
            write(pair.readEnd(), "there");
            write(pair.writeEnd(), "back");
            assertThat(read(pair.writeEnd())).isEqualTo("there");
            assertThat(read(pair.readEnd())).isEqualTo("back");
        }
    }

    @Test
    default void closedDescriptorIsBadAndClosesOnce() {
        Pipe pipe = kernel().pipe();
        pipe.close();
        pipe.close();
        assertFails(Errno.EBADF, "read(" + pipe.readEnd() + "): EBADF (9)", () -> read(pipe.readEnd()));
        assertFails(Errno.EBADF, "fcntl(" + pipe.readEnd() + ", F_DUPFD_CLOEXEC): EBADF (9)", () -> kernel().duplicate(
                        pipe.readEnd()));
    }

    @Test
    default void absentFileIsNamed(@TempDir Path directory) {
        Path absent = directory.resolve("absent");
        assertFails(Errno.ENOENT, "open(\"" + absent + "\"): ENOENT (2)", () -> kernel().open(absent, Set.of()));
        assertThat(kernel().exists(absent)).isFalse();
    }

    @Test
    default void createsDirectoriesAndFilesBelowThem(@TempDir Path directory) {
        Path made = directory.resolve("made");
        kernel().makeDirectory(made, 0755);
        assertFails(Errno.EEXIST, "mkdir(\"" + made + "\"): EEXIST (17)", () -> kernel().makeDirectory(made, 0755));
        Path deep = directory.resolve("no/parent");
        assertFails(Errno.ENOENT, "mkdir(\"" + deep + "\"): ENOENT (2)", () -> kernel().makeDirectory(deep, 0755));
        try (Fd below = kernel().open(made, Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY));
                Fd file = kernel().openAt(below, "file", Set.of(OpenFlag.WRITE_ONLY, OpenFlag.CREATE))) {
            write(file, "content");
            assertThat(kernel().exists(made.resolve("file"))).isTrue();
            try (Fd again = kernel().openAt(below, "file", Set.of())) {
                assertThat(read(again)).isEqualTo("content");
                assertThat(read(again)).isEqualTo("end");
            }
        }
    }

    @Test
    default void opensBeneathADirectoryAndNowhereElse(@TempDir Path directory) {
        Path made = directory.resolve("walled");
        kernel().makeDirectory(made, 0700);
        kernel().makeDirectory(made.resolve("inner"), 0700);
        kernel().makeSymbolicLink(made.resolve("out"), "/");
        kernel().makeSymbolicLink(made.resolve("in"), "inner");
        try (Fd below = kernel().open(made, Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            kernel().openBeneath(below, "inner", Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY))
                    .close();

            assertThat(refusal(below, "out")).isEqualTo(Errno.ELOOP);
            assertThat(refusal(below, "in")).isEqualTo(Errno.ELOOP);
            assertThat(refusal(below, "../walled")).isEqualTo(Errno.EXDEV);
            assertThat(refusal(below, "/")).isEqualTo(Errno.EXDEV);
        }
    }

    private Errno refusal(Fd below, String path) {
        try (Fd opened = kernel().openBeneath(below, path, Set.of(OpenFlag.PATH))) {
            throw new AssertionError(path + " was opened as " + opened);
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    @Test
    default void opensOnlyWhatLiesBeneathWithoutFollowingALink(@TempDir Path directory) {
        Path made = directory.resolve("made");
        kernel().makeDirectory(made, 0755);
        kernel().makeDirectory(made.resolve("inner"), 0755);
        kernel().makeSymbolicLink(made.resolve("link"), "inner");
        try (Fd below = kernel().open(made, Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY));
                Fd inner = kernel().openBeneath(below, "inner", Set.of(OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            kernel().makeDirectoryAt(inner, "deep", 0755);
            assertThat(kernel().exists(made.resolve("inner/deep"))).isTrue();
            kernel().openBeneath(below, "inner/deep", Set.of(OpenFlag.PATH)).close();
            assertFails(Errno.ELOOP, "openat2(" + below + ", \"link\"): ELOOP (40)", () -> kernel().openBeneath(
                            below, "link", Set.of()));
            assertFails(Errno.ELOOP, "openat2(" + below + ", \"link/deep\"): ELOOP (40)", () -> kernel().openBeneath(
                            below, "link/deep", Set.of()));
            assertFails(Errno.EXDEV, "openat2(" + below + ", \"..\"): EXDEV (18)", () -> kernel().openBeneath(
                            below, "..", Set.of()));
            assertFails(Errno.EEXIST, "mkdirat(" + inner + ", \"deep\"): EEXIST (17)", () -> kernel().makeDirectoryAt(
                            inner, "deep", 0755));
        }
    }

    @Test
    default void setsBlocksAsideForAFile(@TempDir Path directory) {
        Path made = directory.resolve("made");
        kernel().makeDirectory(made, 0755);
        Path path = made.resolve("file");
        try (Fd file = kernel().open(path, Set.of(OpenFlag.READ_WRITE, OpenFlag.CREATE))) {
            assertThat(kernel().allocatedBytes(path)).isZero();
            kernel().allocate(file, 1 << 20);
            assertThat(kernel().allocatedBytes(path)).isGreaterThanOrEqualTo(1 << 20);
        }
    }

    @Test
    default void terminalHasTwoSidesAndASize() {
        PseudoTerminal terminal = kernel().openPseudoTerminal();
        try (Fd master = terminal.master()) {
            assertThat(kernel().pseudoTerminalNumber(master)).isEqualTo(terminal.number());
            assertThat(kernel().windowSize(master)).isEqualTo(new WindowSize(80, 24));
            assertFails(Errno.EAGAIN, "read(" + master + "): EAGAIN (11)", () -> read(master));
            try (Fd slave = kernel().open(terminal.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY))) {
                kernel().setWindowSize(master, new WindowSize(132, 50));
                assertThat(kernel().windowSize(slave)).isEqualTo(new WindowSize(132, 50));
                write(slave, "from inside");
                // They are under way for a moment.
                await().atMost(Duration.ofSeconds(5)).until(() -> kernel().readableBytes(master) == 11);
                ByteBuffer first = ByteBuffer.allocateDirect(10).position(2).limit(6);
                assertThat(kernel().read(master, first)).isEqualTo(4);
                assertThat(first).isEqualTo(ByteBuffer.wrap("from".getBytes(StandardCharsets.US_ASCII)));
                assertThat(read(master)).isEqualTo(" inside");
                assertThat(kernel().readableBytes(master)).isZero();
                assertFails(Errno.EAGAIN, "read(" + master + "): EAGAIN (11)", () -> kernel().read(master, first));
            }
            assertFails(Errno.EIO, "read(" + master + "): EIO (5)", () -> read(master));
        }
    }

    @Test
    default void pollTellsReadableWritableAndHangUp() {
        try (Fd poll = kernel().createPoll();
                Pipe pipe = kernel().pipe();
                Fd wakeUp = kernel().createWakeUp()) {
            kernel().addToPoll(poll, pipe.readEnd(), 7, true, false);
            kernel().addToPoll(poll, wakeUp, 8, true, false);
            assertThat(kernel().awaitReady(poll, 0)).isEmpty();
            assertThat(kernel().awaitReady(poll, 10)).isEmpty();
            write(pipe.writeEnd(), "x");
            assertThat(kernel().awaitReady(poll, -1)).containsExactly(new Ready(7, true, false, false));
            kernel().write(wakeUp, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
            kernel().removeFromPoll(poll, pipe.readEnd());
            assertThat(kernel().awaitReady(poll, -1)).containsExactly(new Ready(8, true, false, false));
            kernel().changeInPoll(poll, wakeUp, 9, false, true);
            assertThat(kernel().awaitReady(poll, -1)).containsExactly(new Ready(9, false, true, false));
            kernel().removeFromPoll(poll, wakeUp);
            kernel().addToPoll(poll, pipe.readEnd(), 10, false, false);
            pipe.writeEnd().close();
            assertThat(kernel().awaitReady(poll, -1)).containsExactly(new Ready(10, false, false, true));
            assertFails(
                    Errno.EEXIST,
                    "epoll_ctl(" + poll + ", EPOLL_CTL_ADD, " + pipe.readEnd() + "): EEXIST (17)",
                    () -> kernel().addToPoll(poll, pipe.readEnd(), 11, true, false));
        }
    }

    @Test
    default void readsFromAPositionWhateverWasReadBefore(@TempDir Path directory) {
        Path made = directory.resolve("made");
        kernel().makeDirectory(made, 0700);
        try (Fd file = kernel().open(made.resolve("file"), Set.of(OpenFlag.READ_WRITE, OpenFlag.CREATE));
                Pipe pipe = kernel().pipe()) {
            write(file, "content");
            byte[] buffer = new byte[16];

            assertThat(kernel().readAt(file, 3, buffer, 1, 3)).isEqualTo(3);
            assertThat(new String(buffer, 1, 3, java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("ten");
            assertThat(kernel().readAt(file, 0, buffer, 0, 16)).isEqualTo(7);
            assertThat(kernel().readAt(file, 7, buffer, 0, 16)).isEqualTo(-1);
            assertFails(Errno.ESPIPE, "pread(" + pipe.readEnd() + "): ESPIPE (29)", () -> kernel().readAt(
                            pipe.readEnd(), 0, buffer, 0, 16));
        }
    }

    @Test
    default void pollTellsOfAChangedFileUntilItIsReadFromItsBeginning() throws Exception {
        try (NoticedFile noticed = noticedFile();
                Fd poll = kernel().createPoll();
                Fd file = kernel().open(noticed.path(), Set.of())) {
            byte[] buffer = new byte[256];
            kernel().addToPollForChanges(poll, file, 7);
            assertThat(kernel().awaitReady(poll, 0)).containsExactly(new Ready(7, false, false, true, true));
            int before = kernel().readAt(file, 0, buffer, 0, buffer.length);
            String text = new String(buffer, 0, before, java.nio.charset.StandardCharsets.US_ASCII);
            assertThat(kernel().awaitReady(poll, 50)).isEmpty();

            noticed.change();

            assertThat(kernel().awaitReady(poll, 10_000)).containsExactly(new Ready(7, false, false, true, true));
            assertThat(kernel().awaitReady(poll, 0)).hasSize(1);
            int after = kernel().readAt(file, 0, buffer, 0, buffer.length);
            assertThat(new String(buffer, 0, after, java.nio.charset.StandardCharsets.US_ASCII))
                    .isNotEqualTo(text);
            assertThat(kernel().awaitReady(poll, 50)).isEmpty();
            kernel().removeFromPoll(poll, file);
            noticed.change();
            assertThat(kernel().awaitReady(poll, 50)).isEmpty();
        }
    }

    @Test
    default void readingAFileThatIsGoneSaysSo() throws Exception {
        NoticedFile noticed = noticedFile();
        try (Fd file = kernel().open(noticed.path(), Set.of())) {
            noticed.close();

            assertFails(Errno.ENODEV, "pread(" + file + "): ENODEV (19)", () -> kernel().readAt(
                            file, 0, new byte[16], 0, 16));
        }
    }
}
