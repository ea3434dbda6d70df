package io.bulkhead.manager.sys.jna;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.FileStatus;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kernel itself: what leads out of a tree is refused, and nothing in it makes us wait. */
class JnaTreeCallsIT {
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NO_FOLLOW);

    @TempDir
    Path directory;

    private final TreeCalls calls = new JnaTreeCalls();
    private Fd root;

    @BeforeEach
    void open() throws Exception {
        Files.createDirectory(directory.resolve("tree"));
        Files.writeString(directory.resolve("secret"), "s");
        Files.writeString(directory.resolve("tree/file"), "content");
        root = calls.openRoot(directory.resolve("tree"));
    }

    @AfterEach
    void close() {
        root.close();
    }

    private void assertRefused(Fd from, String name, Errno errno) {
        assertThatThrownBy(() -> calls.openBeneath(from, name, Set.of()).close())
                .isInstanceOfSatisfying(
                        ErrnoException.class,
                        e -> assertThat(e.is(errno)).as(e.toString()).isTrue());
    }

    @Test
    void nothingLeadsOutOfTheTree() throws Exception {
        Files.createSymbolicLink(directory.resolve("tree/up"), Path.of("../secret"));
        Files.createSymbolicLink(directory.resolve("tree/inside"), Path.of("file"));
        Files.createSymbolicLink(directory.resolve("tree/magic"), Path.of("/proc/self/fd/" + root.number()));

        assertRefused(root, "..", Errno.EXDEV);
        assertRefused(root, "../secret", Errno.EXDEV);
        assertRefused(root, directory.resolve("secret").toString(), Errno.EXDEV);
        for (String link : List.of("up", "inside", "magic", "magic/file")) {
            assertRefused(root, link, Errno.ELOOP);
        }
        assertRefused(root, "nothing", Errno.ENOENT);
        try (Fd host = calls.openRoot(Path.of("/"))) {
            assertRefused(host, "proc", Errno.EXDEV);
        }
        try (Fd file = calls.openBeneath(root, "file", Set.of())) {
            assertThat(calls.read(file, new byte[16], 0, 16)).isEqualTo("content".length());
            assertThat(calls.read(file, new byte[16], 0, 16)).isEqualTo(-1);
        }
    }

    @Test
    void aLinkCanBeLookedAtAndIsNotFollowed() throws Exception {
        Files.createSymbolicLink(directory.resolve("tree/up"), Path.of("../secret"));

        try (Fd link = calls.openBeneath(root, "up", PLACE)) {
            assertThat(calls.status(link).isLink()).isTrue();
            assertThat(calls.readLink(link)).isEqualTo("../secret");
        }
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFifoIsSeenAsOneAndWaitsForNobody() throws Exception {
        Path fifo = directory.resolve("tree/fifo");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", fifo.toString())
                        .start()
                        .waitFor())
                .isZero();

        try (Fd place = calls.openBeneath(root, "fifo", PLACE);
                Fd open = calls.reopen(place)) {
            FileStatus status = calls.status(place);
            assertThat(status.isRegular() || status.isDirectory() || status.isLink())
                    .isFalse();
            assertThat(calls.read(open, new byte[1], 0, 1)).isEqualTo(-1);
        }
    }

    @Test
    void whatIsOpenStaysWhatWasJudgedWhateverTheNameBecomes() throws Exception {
        try (Fd place = calls.openBeneath(root, "file", PLACE)) {
            Files.delete(directory.resolve("tree/file"));
            Files.createSymbolicLink(directory.resolve("tree/file"), Path.of("../secret"));
            try (Fd file = calls.reopen(place)) {
                byte[] bytes = new byte[7];
                assertThat(calls.read(file, bytes, 0, 7)).isEqualTo(7);
                assertThat(new String(bytes, US_ASCII)).isEqualTo("content");
            }
        }
    }

    @Test
    void namesAreTheirVeryBytes() throws Exception {
        assertThat(new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "cd \"$1\" && echo x > \"$(printf 'a\\377b')\"",
                                "sh",
                                directory + "/tree")
                        .start()
                        .waitFor())
                .isZero();

        assertThat(calls.moreNames(root)).containsExactlyInAnyOrder("file", "a\u00ffb");
        assertThat(calls.moreNames(root)).isEmpty();
        try (Fd file = calls.openBeneath(root, "a\u00ffb", PLACE)) {
            assertThat(calls.status(file).sizeBytes()).isEqualTo(2);
        }
    }

    @Test
    void statusIsThatOfTheDisk() throws Exception {
        Path file = directory.resolve("tree/file");
        try (Fd place = calls.openBeneath(root, "file", PLACE)) {
            FileStatus status = calls.status(place);
            assertThat(status.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
            assertThat(status.mode()).isEqualTo(Files.getAttribute(file, "unix:mode"));
            assertThat(status.uid()).isEqualTo(((Number) Files.getAttribute(file, "unix:uid")).longValue());
            assertThat(status.device()).isEqualTo(Files.getAttribute(file, "unix:dev"));
        }
    }

    @Test
    void twoNamesGetEachOthersFileInOneStep() throws Exception {
        Files.writeString(directory.resolve("tree/other"), "other");

        calls.exchange(root, "file", root, "other");

        assertThat(directory.resolve("tree/file")).hasContent("other");
        assertThat(directory.resolve("tree/other")).hasContent("content");
    }

    @Test
    void attributesAreRead() throws Exception {
        Path file = directory.resolve("tree/file");
        try (Fd open = calls.openBeneath(root, "file", Set.of())) {
            assertThat(calls.extendedAttributes(open)).isEmpty();
            Files.setAttribute(file, "user:note", "hello".getBytes(US_ASCII));
            assertThat(calls.extendedAttributes(open)).containsOnlyKeys("user.note");
            assertThat(calls.extendedAttributes(open).get("user.note"))
                    .asString()
                    .isEqualTo("hello");
        }
    }
}
