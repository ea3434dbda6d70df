package io.bulkhead.harness.acceptance;

import static io.bulkhead.harness.acceptance.DrillGround.inPlainUserNamespace;
import static io.bulkhead.harness.acceptance.DrillGround.onTheHost;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Escapes by way of the kernel, tried by a partition's root with each kind of init; the numbers are those of the table in
 * partition-manager/SECURITY.md. What the same attempt does without the wall stands beside it, where that does no harm.
 */
class KernelDrillsIT {
    /** CAP_SYS_RESOURCE; capabilities(7). */
    private static final int SYS_RESOURCE = 24;

    private static final String EVERY_INIT = "the kernel's doors are shut: drills of SECURITY.md";

    private static DrillGround ground;

    @BeforeAll
    static void install() {
        ground = DrillGround.up();
    }

    @AfterAll
    static void remove() {
        ground.close();
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d01ToD04CannotChangeOrWatchTheKernel(String partition) {
        String attempts = """
                my $x = "\\0" x 128;
                try("init_module", $x, 0, $x); try("finit_module", 0, $x, 0); try("delete_module", $x, 0);
                try("kexec_load", 0, 0, $x, 0); try("kexec_file_load", 0, 0, 0, $x, 8);
                try("bpf", 0, $x, 0); try("perf_event_open", $x, 0, -1, -1, 0);
                try("acct", 0); try("swapon", $x, 0); try("iopl", 3); try("quotactl", 0, $x, 0, $x);
                """;

        // Every one is refused before it looks at what it was given …
        assertThat(ground.inside(partition, attempts).lines()).hasSize(11).allMatch(line -> line.endsWith(" EPERM"));
        // … which the host's root gets further with.
        assertThat(onTheHost("my $x = \"\\0\" x 128; try(\"bpf\", 0, $x, 0); try(\"quotactl\", 0, $x, 0, $x);"))
                .doesNotContain("EPERM");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d05CannotReadKeysOfTheHost(String partition) {
        // Given a key in the session keyring of the manager's own kind: one of this process
        String find = "my ($t, $d) = (\"user\\0\", \"bh-drill\\0\"); try(\"keyctl\", 10, -3, $t, $d, 0);";
        assertThat(onTheHost("my ($t, $d, $p) = (\"user\\0\", \"bh-drill\\0\", \"secret\"); "
                        + "try(\"add_key\", $t, $d, $p, 6, -3); " + find))
                .contains("keyctl REACHED");

        assertThat(ground.inside(partition, find)).containsAnyOf("keyctl EPERM", "keyctl ENOKEY");
        assertThat(ground.host()
                        .exec(partition, "cat /proc/keys /proc/key-users | wc -c")
                        .out()
                        .strip())
                .isEqualTo("0");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d06CannotReadTheKernelsLog(String partition) {
        assertThat(onTheHost("try(\"syslog\", 10, 0, 0);")).contains("syslog REACHED");

        assertThat(ground.inside(partition, "try(\"syslog\", 10, 0, 0); try(\"syslog\", 3, my $b = \"x\" x 64, 64);"))
                .isEqualTo("syslog EPERM\nsyslog EPERM\n");
        assertThat(ground.host()
                        .exec(partition, "test -e /dev/kmsg && echo KMSG; head -c1 /proc/kmsg | wc -c")
                        .out()
                        .strip())
                .isEqualTo("0");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d07ToD09CannotReachProcessesOutside(String partition) {
        long manager = ground.host().managerPid();
        String attempts = """
                try("kill", %1$d, 0); try("pidfd_open", %1$d, 0); try("ptrace", 16, %1$d, 0, 0);
                my $b = "x" x 8; my $v = pack "PQ", $b, 8; try("process_vm_readv", %1$d, $v, 1, $v, 1, 0);
                """.formatted(manager);

        assertThat(onTheHost("try(\"kill\", " + manager + ", 0); try(\"pidfd_open\", " + manager + ", 0);"))
                .isEqualTo("kill REACHED\npidfd_open REACHED\n");
        assertThat(ground.inside(partition, attempts))
                .doesNotContain("REACHED")
                .contains("kill ESRCH", "pidfd_open ESRCH");
        // The holder, its own parent, is as far away.
        assertThat(ground.host()
                        .exec(
                                partition,
                                "readlink /proc/1/ns/user; readlink /proc/self/ns/user; cat /proc/1/stat | cut -d' ' -f4")
                        .out()
                        .lines()
                        .distinct()
                        .toList())
                .hasSize(2)
                .contains("0");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d10D11AndD26CannotWriteSettingsOfTheKernel(String partition) throws IOException {
        String before = Files.readString(Path.of("/proc/sys/kernel/core_pattern"));
        String script = """
                for f in kernel/core_pattern kernel/modprobe kernel/sysrq kernel/hostname fs/file-max vm/drop_caches \
                    user/max_inotify_instances fs/binfmt_misc/register; do
                  ( echo '|/usr/bin/touch /drilled' > /proc/sys/$f ) 2>/dev/null && echo "REACHED $f"
                done
                ( echo h > /proc/sysrq-trigger ) 2>/dev/null && echo REACHED sysrq
                for m in 'remount,bind,rw' 'remount,rw'; do
                  mount -o $m /proc/sys 2>/dev/null && echo "REACHED $m"
                  unshare -m mount -o $m /proc/sys 2>/dev/null && echo "REACHED new namespace $m"
                done
                umount /proc/sys 2>/dev/null && echo REACHED umount
                umount -l /proc/kcore 2>/dev/null && echo REACHED kcore
                mkdir -p /tmp/p; mount -t proc proc /tmp/p 2>/dev/null && echo REACHED fresh proc
                unshare -p -f -m mount -t proc proc /tmp/p 2>/dev/null && echo REACHED proc of a new pid namespace
                true
                """;

        assertThat(ground.host().exec(partition, script).out()).isEmpty();
        assertThat(Files.readString(Path.of("/proc/sys/kernel/core_pattern"))).isEqualTo(before);
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d12AndD13CannotOpenDisksOfTheHost(String partition) throws Exception {
        // Given a node of a real device that has come into its files by another way, as from a backup
        Path node = ground.host().directory().resolve("state/partitions/" + partition + "/root/node");
        Commands.run(List.of("mknod", "-m", "666", node.toString(), "c", "1", "11"), "", Patience.seconds(10))
                .expect(0);
        assertThat(Commands.run(List.of("sh", "-c", "true < " + node), "", Patience.seconds(10))
                        .status())
                .isZero();

        String script = """
                ( true < /root/node ) 2>/dev/null && echo REACHED a node in its files
                for place in /tmp /dev /root /run; do
                  mknod $place/d b 254 0 2>/dev/null && echo REACHED block $place
                  mknod $place/d c 1 2 2>/dev/null && echo REACHED memory $place
                done
                mkdir -p /tmp/m; mount -t tmpfs -o dev none /tmp/m && mknod /tmp/m/d b 254 0 2>/dev/null && echo REACHED own tmpfs
                mount -t ext4 /dev/vda /mnt 2>/dev/null && echo REACHED a mount
                mount -o remount,bind,dev /root 2>/dev/null && echo REACHED dev on its files
                umount /tmp/m; true
                """;

        assertThat(ground.host().exec(partition, script).out()).isEmpty();
        Files.delete(node);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "service"})
    @Proves(EVERY_INIT)
    void d14AndD15CannotMakeUserNamespaces(String partition) {
        String attempts = "try(\"unshare\", 0x10000000); try(\"unshare\", 0x10020000); "
                + "try(\"clone3\", my $x = \"\\0\" x 88, 88); "
                // A bit that the kernel ignores is no way round the filter.
                + "try(\"clone\", 0x10000000 | 17, 0, 0, 0, 0);";

        assertThat(inPlainUserNamespace("try(\"unshare\", 0x10000000);")).contains("REACHED");
        assertThat(ground.inside(partition, attempts))
                .isEqualTo("unshare EPERM\nunshare EPERM\nclone3 ENOSYS\nclone EPERM\n");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d16ToD18CannotUseWhatHasHadHoles(String partition) {
        String attempts = """
                my $x = "\\0" x 256;
                try("io_uring_setup", 4, $x); try("userfaultfd", 1); try("open_by_handle_at", -100, $x, 0);
                try("process_vm_writev", $$, 0, 0, 0, 0, 0); try("move_pages", 0, 0, 0, 0, 0, 0);
                """;

        // Only the filter stands before these: root of a user namespace may.
        assertThat(inPlainUserNamespace("my $x = \"\\0\" x 256; try(\"io_uring_setup\", 4, $x);"))
                .contains("io_uring_setup REACHED");
        assertThat(ground.inside(partition, attempts).lines()).hasSize(5).allMatch(line -> line.endsWith(" EPERM"));
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d19CannotTalkToTheHypervisor(String partition) {
        // AF_VSOCK, also with a bit set that the kernel does not look at.
        assertThat(ground.inside(partition, "try(\"socket\", 40, 1, 0); try(\"socket\", 40 | 1 << 32, 1, 0);"))
                .isEqualTo("socket EAFNOSUPPORT\nsocket EAFNOSUPPORT\n");
        assertThat(ground.inside(partition, "try(\"socket\", 1, 1, 0); try(\"socket\", 1 | 1 << 32, 1, 0);"))
                .isEqualTo("socket REACHED\nsocket REACHED\n");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d20AndD21CannotGoAroundTheFilterByOtherArchitectures(String partition, @TempDir Path directory)
            throws IOException {
        Optional<String> program = Calls.ofOtherArchitectures(directory);
        assumeTrue(program.isPresent(), "no C compiler, or not on x86-64");
        Path compiled = Path.of(program.get());
        Installation.Result outside = Commands.run(List.of(compiled.toString()), "", Patience.seconds(10));
        assumeTrue(outside.status() == 0, "this kernel runs no 32-bit programs");
        assertThat(outside.out()).doesNotContain("i386 -1\n", "x32 -1\n");
        Path place = ground.host().directory().resolve("state/partitions/" + partition + "/root/other");
        Files.copy(compiled, place, StandardCopyOption.REPLACE_EXISTING);

        // bpf(2) as a 32-bit program and as one of x32 makes it: -1 is EPERM, with arguments that are answered
        // otherwise.
        String out = ground.host()
                .exec(partition, "chmod 700 /root/other; /root/other")
                .out();

        assertThat(out).isEqualTo("i386 -1\nx32 -1\n");
        Files.delete(place);
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d22CannotSetTheClock(String partition) {
        assertThat(
                        ground.inside(
                                partition,
                                "my $x = pack \"qq\", 978307200, 0; try(\"clock_settime\", 0, $x); try(\"settimeofday\", $x, 0);"))
                .isEqualTo("clock_settime EPERM\nsettimeofday EPERM\n");
        assertThat(System.currentTimeMillis()).isGreaterThan(1_600_000_000_000L);
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d23CannotPutItselfBeforeOthers(String partition) {
        // SCHED_FIFO, a nice value below 0, the real-time class of block I/O, and less to fear from the kernel's killer
        String attempts =
                "my $p = pack \"i\", 1; try(\"sched_setscheduler\", 0, 1, $p); try(\"setpriority\", 0, 0, -5); "
                        + "try(\"ioprio_set\", 1, 0, 1 << 13);";
        String killer = "( echo -100 > /proc/self/oom_score_adj ) 2>/dev/null && echo oom REACHED; ";

        assertThat(ground.inside(partition, attempts))
                .isEqualTo("sched_setscheduler EPERM\nsetpriority EACCES\nioprio_set EPERM\n");
        assertThat(ground.shell(partition, killer + "cat /proc/1/oom_score_adj /proc/self/oom_score_adj")
                        .out()
                        .lines())
                .hasSize(2)
                .allMatch(score -> Integer.parseInt(score) >= 0);
        assertThat(onTheHost(attempts)).contains("setpriority REACHED", "ioprio_set REACHED");
        assertThat(DrillGround.onTheHostAside(killer).out())
                .isEqualTo(ThisHost.rootHas(SYS_RESOURCE) ? "oom REACHED\n" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "service"})
    @Proves(EVERY_INIT)
    void d30CannotGetDroppedCapabilitiesBack(String partition) {
        String of1 = ground.host().exec(partition, "grep CapBnd /proc/1/status").out();
        String ofCommand = ground.host()
                .exec(partition, "grep -E 'CapBnd|CapEff' /proc/self/status | cut -f2 | uniq")
                .out()
                .strip();
        // A set-user-id program, and a shell that asks for all.
        String again = ground.host()
                .exec(
                        partition,
                        "cp /bin/sh /tmp/s; chmod 4755 /tmp/s; "
                                + "setpriv --reuid 65534 --clear-groups /tmp/s -p -c 'grep CapEff /proc/self/status; "
                                + "setpriv --inh-caps +all --ambient-caps +all true && echo REACHED' 2>/dev/null; rm /tmp/s")
                .out();

        assertThat(of1).contains(ofCommand);
        assertThat(again).doesNotContain("REACHED", "1ffffffffff");
    }

    @WithEveryInit
    @Proves(EVERY_INIT)
    void d31CommandsBesideProcess1StandBehindTheSameWalls(String partition) {
        String status = ground.host()
                .exec(partition, "grep -E '^(Seccomp|Seccomp_filters|CapBnd|NoNewPrivs):' /proc/1/status")
                .out();

        assertThat(status).contains("Seccomp:\t2", "NoNewPrivs:\t0");
        assertThat(ground.host()
                        .exec(partition, "grep -E '^(Seccomp|Seccomp_filters|CapBnd|NoNewPrivs):' /proc/self/status")
                        .out())
                .isEqualTo(status);
    }

    @WithEveryInit
    @Proves("what the walls hold stands in the certificate")
    void theCertificateTellsTheWalls(String partition) {
        ground.host().run("verify", partition).expect(0);

        assertThat(ground.host().show(partition).promises().stream()
                        .filter(Promise::held)
                        .map(Promise::resource))
                .contains(
                        Resource.USER_IDS,
                        Resource.CAPABILITIES,
                        Resource.SYSTEM_CALLS,
                        Resource.DEVICES,
                        Resource.KERNEL_OBJECTS);
    }
}
