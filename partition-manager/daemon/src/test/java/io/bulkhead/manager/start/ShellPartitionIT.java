package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.sys.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The small init on this machine's kernel; needs root. */
class ShellPartitionIT {
    private static final Init SHELL = new Init.Shell();

    private final TestGround ground = new TestGround();

    @AfterEach
    void clean() {
        ground.close();
        assertThat(TestGround.processesOfRange()).isEmpty();
    }

    @Test
    void greetsFirstAndLogsInWithAPassword() {
        // Given
        RunningPartition partition = ground.boot(SHELL, false);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            // When
            String greeting = console.expect("t-start login: ");
            console.type("root\n");
            console.expect("Password: ");
            console.type("slice-42\n");
            console.expect("# ");

            // Then
            assertThat(greeting).startsWith("Partition t-start: ").hasLineCount(1);
            assertThat(console.run("tty; id -un; hostname; echo $container")).contains("/dev/console\nroot\nt-start\n");
            assertThat(console.run("cat /proc/1/environ | tr '\\0' '\\n'")).contains("container=bulkhead");
        }
    }

    @Test
    void asksAgainAfterALogout() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
            console.run("stty raw -echo");

            // When
            console.type("exit\n");

            // Then
            console.expect("# ");
            assertThat(console.run("stty -a")).contains(" icanon").contains(" echo ");
        }
    }

    @Test
    void interruptsStopsAndContinuesJobs() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // When
            console.type("sleep 100\n");
            awaitProcess("sleep");
            console.type("\003");
            console.expect("# ");
            String interrupted = console.run("echo was $?");
            console.type("sleep 200\n");
            awaitProcess("sleep");
            console.type("\032");
            console.expect("Stopped");
            String jobs = console.run("jobs; bg; kill %1; wait %1; echo then $?");

            // Then
            assertThat(interrupted).contains("was 130");
            assertThat(jobs).contains("Stopped").contains("sleep 200 &").contains("then 143");
        }
    }

    private static void awaitProcess(String name) {
        await().atMost(Duration.ofSeconds(5))
                .until(() -> TestGround.processesOfRange().stream().anyMatch(process -> process.endsWith(" " + name)));
    }

    @Test
    void standsInItsOwnIdsAndSeesNoOtherProcess() throws IOException {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // Then
            assertThat(console.run("echo $(ps -e -o pid=,args= | head -1)")).startsWith("1 /bin/sh /run/bulkhead/init");
            assertThat(console.run("ls /proc | grep -c '^[0-9]'").strip()).matches("[0-9]");
            assertThat(TestGround.readOrEmpty(
                            Path.of("/proc", "" + partition.init().pid(), "status")))
                    .contains("Uid:\t" + TestGround.RANGE.base() + "\t");
            assertThat(console.run("ls /proc/self/fd | wc -w")).startsWith("4\n");
            assertThat(console.run("ls -l /proc/1/fd | grep -v -e console -e /run/bulkhead/init -e total"))
                    .isBlank();
            for (String kind : List.of("user", "mnt", "pid", "uts", "ipc", "net", "cgroup")) {
                assertThat(Files.readSymbolicLink(
                                Path.of("/proc", "" + partition.init().pid(), "ns", kind)))
                        .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
            }
        }
    }

    @Test
    void showsTheHostsOwnFilesReadOnly() throws IOException {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
            Object inode = Files.getAttribute(Path.of("/usr/bin/dash"), "unix:ino");

            // Then
            assertThat(console.run("stat -c '%i %U' /usr/bin/dash")).startsWith(inode + " root\n");
            assertThat(console.run("touch /usr/x /opt/x /var/lib/dpkg/x; rm /usr/bin/true"))
                    .containsPattern("'/usr/x': Read-only")
                    .containsPattern("'/opt/x': Read-only")
                    .containsPattern("'/var/lib/dpkg/x': Read-only")
                    .contains("'/usr/bin/true': Read-only");
            assertThat(console.run("dpkg -s dash | grep Status")).contains("install ok installed");
        }
    }

    @Test
    void cannotLiftItsWalls() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // Then
            String sys = "w=/proc/sys/kernel/printk; r() { \"$@\" 2>/dev/null && echo LIFTED $*; }\n";
            console.type(sys);
            console.expect("# ");
            String attempts = console.run("""
                    r mount -o remount,bind,rw /proc/sys; r mount -o remount,rw /proc/sys; r umount /proc/sys; \
                    r umount -l /proc/kallsyms; r umount /dev/console; r umount -l /var/lib/dpkg; \
                    r mount -o remount,bind,rw /usr; r unshare -m mount -o remount,bind,rw /usr; \
                    r unshare -m umount -l /proc/sys; r unshare -Ur mount -o remount,bind,rw /proc/sys; \
                    r mknod /tmp/sda b 8 0; r mknod /dev/kmem c 1 2; r mount -t proc proc /mnt; \
                    r mount -t sysfs -o rw sysfs /mnt; r mount -t debugfs debugfs /mnt; \
                    r sh -c 'echo 7 >/proc/sys/kernel/printk'; r sh -c 'echo b >/proc/sysrq-trigger'; \
                    r dmesg; r swapon /tmp; r date -s 2001-01-01; r renice -n -5 1; r chroot /proc/1/cwd/../.. false""".replace("\n", ""));
            assertThat(attempts).doesNotContain("LIFTED");
            assertThat(console.run("head -c 1 /proc/kallsyms | wc -c; head -c 1 /proc/keys | wc -c"))
                    .startsWith("0\n0\n");
        }
    }

    @Test
    void letsSetUserIdProgramsWork() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // When
            String asJoe = console.run("su joe -c 'id -un; passwd -S; cat /etc/shadow'");

            // Then
            assertThat(asJoe).contains("joe\njoe L ").contains("/etc/shadow: Permission denied");
        }
    }

    @Test
    void startsWithAnEmptySessionKeyring() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // When: the keyring that a service of process 1 would have, not the one that pam_keyinit makes
            String keys = console.run("perl -e 'my $n = syscall(250, 11, -3, 0, 0); print \"size $n\\n\"'");

            // Then: keyctl(KEYCTL_READ) of the session keyring answers its size, four bytes for each key
            assertThat(keys).matches("size (0|4|-1)\n");
        }
    }

    @Test
    void knowsTheWindowSize() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // When
            ground.sys.setWindowSize(partition.console(), new WindowSize(101, 43));

            // Then
            assertThat(console.run("stty size")).startsWith("43 101\n");
        }
    }

    @Test
    void reapsOrphans() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");

            // When
            console.run("for i in 1 2 3 4 5; do sh -c 'sleep 0.1 & exit'; done; sleep 0.4");

            // Then
            assertThat(console.run("ps -e -o stat= | grep -c Z")).startsWith("0\n");
        }
    }

    @Test
    void runsTheHookAtBootAndAtStop() throws IOException {
        // Given
        Path hook = ground.files.resolve("etc/rc.partition");
        Files.writeString(hook, "#!/bin/sh\necho \"$1\" >>/var/hook\necho hook: $1\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("hook: start");
            console.expect("# ");

            // When
            ProcessEnd end = ground.stop(partition, SHELL);

            // Then
            assertThat(end).isEqualTo(new ProcessEnd.Exited(0));
            assertThat(Files.readString(ground.files.resolve("var/hook"))).isEqualTo("start\nstop\n");
        }
    }

    @Test
    void stopsInOrderWithEverybodyInside() {
        // Given
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
            console.run(
                    "setsid sh -c 'trap \"echo told >/var/told; exit\" TERM; : >/var/armed; while :; do sleep 0.1; done' & "
                            + "until [ -e /var/armed ]; do sleep 0.05; done");

            // When
            long before = System.nanoTime();
            ProcessEnd end = ground.stop(partition, SHELL);

            // Then
            assertThat(end).isEqualTo(new ProcessEnd.Exited(0));
            assertThat(ground.files.resolve("var/told")).hasContent("told");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
