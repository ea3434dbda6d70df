package io.bulkhead.manager.sys.jna;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import io.bulkhead.manager.sys.Namespace;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.SpawnRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Throw-away threads that leave the host's namespaces and root; needs root. */
class JnaNamespacesIT {
    private static final long DONOR_UID = 1_900_000;
    private static final long RANGE = 65_536;

    private final JnaSyscalls kernel = new JnaSyscalls();
    private final Children children = new Children(kernel);

    @TempDir
    Path directory;

    @Test
    void mountsOfAThrowAwayThreadStayInvisibleOnTheHost() throws Exception {
        String before = mounts();

        String seen = Children.onThrowAwayThread(() -> {
            kernel.unshare(Set.of(Namespace.MOUNT));
            kernel.mount("", Path.of("/"), "", Set.of(MountFlag.RECURSIVE, MountFlag.PRIVATE), "");
            kernel.mount(
                    "bulkhead-t-kernel", directory, "tmpfs", Set.of(MountFlag.NO_SUID, MountFlag.NO_DEV), "mode=0750");
            String own = Files.readString(Path.of("/proc/thread-self/mountinfo"));
            assertThat(mounts()).isEqualTo(before);
            return own;
        });

        assertThat(seen.lines().filter(line -> line.contains(" " + directory + " ")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("nosuid,nodev", "- tmpfs bulkhead-t-kernel", "mode=750"));
        assertThat(mounts()).isEqualTo(before);
    }

    private static String mounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"));
    }

    @Test
    void unmountsAndRefusesWhatIsNotMounted() throws Exception {
        Children.onThrowAwayThread(() -> {
            kernel.unshare(Set.of(Namespace.MOUNT));
            kernel.mount("", Path.of("/"), "", Set.of(MountFlag.RECURSIVE, MountFlag.PRIVATE), "");
            kernel.mount("bulkhead-t-kernel", directory, "tmpfs", Set.of(), "");
            kernel.unmount(directory, false);
            assertThatThrownBy(() -> kernel.unmount(directory, false))
                    .isInstanceOf(ErrnoException.class)
                    .hasMessage("umount2(\"" + directory + "\"): EINVAL (22)");
            assertThatThrownBy(() -> kernel.mount("x", directory, "no-such-fs", Set.of(), ""))
                    .hasMessage("mount(\"x\", \"" + directory
                            + "\", no-such-fs): ENODEV (19); this kernel does not have that file system");
            return true;
        });
    }

    @Test
    void threadWithANewHostnameAndNetworkLeavesTheHostsAlone() throws Exception {
        String hostname = Files.readString(Path.of("/proc/sys/kernel/hostname"));

        String interfaces = Children.onThrowAwayThread(() -> {
            kernel.unshare(Set.of(Namespace.UTS, Namespace.NET, Namespace.IPC));
            kernel.setHostname("bulkhead-t-kernel");
            assertThatThrownBy(JnaNamespacesIT::talkToItself).isInstanceOf(IOException.class);
            kernel.bringLoopbackUp();
            talkToItself();
            assertThat(children.run("uname -n").output()).isEqualTo("bulkhead-t-kernel\n");
            return children.run("cat /proc/net/dev").output();
        });

        assertThat(interfaces).contains("lo:").doesNotContain("eth0");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname"))).isEqualTo(hostname);
    }

    private static void talkToItself() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void joinsAnEmptySessionKeyring() throws Exception {
        long own = sessionKeyring();

        long joined = Children.onThrowAwayThread(() -> {
            kernel.joinNewSessionKeyring();
            return sessionKeyring();
        });

        assertThat(joined).isNotEqualTo(own);
        assertThat(sessionKeyring()).isEqualTo(own);
    }

    /** Python is not at hand everywhere; perl-base is Essential. 250 is keyctl on x86-64, 219 on arm64. */
    private long sessionKeyring() {
        Children.Result result =
                children.run("exec perl -e 'print syscall(" + SyscallHeader.SYS_keyctl + ", 0, -3, 0)'");
        assertThat(result.end()).isEqualTo(new ProcessEnd.Exited(0));
        return Long.parseLong(result.output());
    }

    @Test
    void noNewPrivilegesHoldForTheThreadAndItsChildrenOnly() throws Exception {
        String inside = Children.onThrowAwayThread(() -> {
            kernel.setNoNewPrivileges();
            return children.run("grep NoNewPrivs /proc/self/status").output();
        });

        assertThat(inside).isEqualTo("NoNewPrivs:\t1\n");
        assertThat(children.run("grep NoNewPrivs /proc/self/status").output()).isEqualTo("NoNewPrivs:\t0\n");
    }

    @Test
    void entersTheNamespacesOfAProcess() throws Exception {
        try (Pipe input = kernel.pipe();
                Pipe output = kernel.pipe()) {
            long pid = kernel.spawn(new SpawnRequest(
                    "/usr/bin/unshare",
                    List.of("unshare", "-u", "sh", "-c", "hostname bulkhead-t-kernel; echo; read _"),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Map.of(0, input.readEnd(), 1, output.writeEnd())));
            try (Fd process = kernel.openProcess(pid)) {
                kernel.read(output.readEnd(), new byte[1], 0, 1);

                String name = Children.onThrowAwayThread(() -> {
                    kernel.enterNamespaces(process, Set.of(Namespace.UTS));
                    return children.run("uname -n").output();
                });

                assertThat(name).isEqualTo("bulkhead-t-kernel\n");
                input.writeEnd().close();
                children.waitFor(process);
            }
        }
    }

    @Test
    void showsTheHostsProgramsWithMappedOwnersInAClone() throws Exception {
        try (Fd mapping = userNamespace()) {
            Path target = Files.createDirectory(directory.resolve("usr"));

            String listing = Children.onThrowAwayThread(() -> {
                kernel.unshare(Set.of(Namespace.MOUNT));
                kernel.mount("", Path.of("/"), "", Set.of(MountFlag.RECURSIVE, MountFlag.PRIVATE), "");
                try (Fd tree = kernel.cloneTree(Path.of("/usr"), false)) {
                    kernel.setMountAttributes(
                            tree, Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_DEV), Optional.of(mapping));
                    kernel.attachTree(tree, target);
                }
                return children.run("stat -c '%u %g %i' " + target + "/bin/env; touch " + target + "/x; grep ' "
                                + target + " ' /proc/self/mountinfo")
                        .output();
            });

            Object inode = Files.getAttribute(Path.of("/usr/bin/env"), "unix:ino");
            assertThat(listing)
                    .contains(DONOR_UID + " " + DONOR_UID + " " + inode)
                    .contains("Read-only file system")
                    .contains("ro,nodev", "idmapped")
                    .doesNotContain("shared:");
        }
    }

    /** A user namespace whose root is {@link #DONOR_UID}; the descriptor alone keeps it. */
    private Fd userNamespace() throws IOException {
        try (Pipe input = kernel.pipe()) {
            String uid = Long.toString(DONOR_UID);
            long pid = kernel.spawn(new SpawnRequest(
                    "/usr/bin/setpriv",
                    List.of(
                            "setpriv",
                            "--reuid",
                            uid,
                            "--regid",
                            uid,
                            "--clear-groups",
                            "unshare",
                            "-U",
                            "sh",
                            "-c",
                            "read _"),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Map.of(0, input.readEnd())));
            try (Fd process = kernel.openProcess(pid)) {
                Path proc = Path.of("/proc", Long.toString(pid));
                Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
                Awaitility.await().atMost(10, TimeUnit.SECONDS).until(() -> !Files.readSymbolicLink(
                                proc.resolve("ns/user"))
                        .equals(own));
                String map = "0 " + DONOR_UID + " " + RANGE;
                writeOnce(proc.resolve("uid_map"), map);
                writeOnce(proc.resolve("gid_map"), map);
                Fd namespace = kernel.open(proc.resolve("ns/user"), Set.of());
                input.writeEnd().close();
                children.waitFor(process);
                return namespace;
            }
        }
    }

    private void writeOnce(Path file, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        try (Fd fd = kernel.open(file, Set.of(OpenFlag.WRITE_ONLY))) {
            assertThat(kernel.write(fd, bytes, 0, bytes.length)).isEqualTo(bytes.length);
        }
    }

    @Test
    void explainsWhoMayMount() throws Exception {
        ErrnoException failure = new ErrnoException("mount", Errno.EPERM, "x", Hints.hint("mount", Errno.EPERM));

        assertThat(failure)
                .hasMessage(
                        "mount(x): EPERM (1); the manager must run as root with all capabilities, outside of a container");
    }

    @Test
    void everyCallWorksInAFreshJvmOnAThreadThatHasPivoted() throws Exception {
        // Given: a class path of directories, out of reach after the pivot, and nothing loaded by other tests.
        String before = mounts();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Dprobe.directory=" + directory, "-cp"));
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        if (Runtime.version().feature() >= 24) {
            command.add(1, "--enable-native-access=ALL-UNNAMED");
        }
        command.add(PivotProbe.class.getName());
        Process probe = new ProcessBuilder(command).redirectErrorStream(true).start();

        String output = new String(probe.getInputStream().readAllBytes(), US_ASCII);

        assertThat(probe.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output).isEqualTo("all calls made\n");
        assertThat(mounts()).isEqualTo(before);
    }
}
