package io.bulkhead.console.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a constructed host. */
class HostChecksTest {
    private static final String MOUNTS = """
            1 0 254:0 / / rw - ext4 /dev/vda rw
            2 1 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            3 1 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
            """;
    private static final String V1_MOUNTS = """
            4 1 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
            5 1 0:33 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            6 1 0:34 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices
            7 1 0:35 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer
            8 1 0:36 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
            9 1 0:37 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            """;

    private final Settings settings = SettingsLoader.defaults(Map.of());

    @TempDir
    private Path root;

    @BeforeEach
    void build() throws IOException {
        file("proc/self/ns/user", "");
        file("proc/sys/user/max_user_namespaces", "1000");
        file("proc/sys/kernel/seccomp/actions_avail", "kill_process errno allow");
        file("usr/lib/x86_64-linux-gnu/libseccomp.so.2", "");
        file("proc/self/mountinfo", MOUNTS + V1_MOUNTS);
        file("sys/fs/cgroup/unified/cgroup.controllers", "\n");
        file("dev/ptmx", "");
        file("dev/fuse", "");
        file("proc/self/timens_offsets", "");
        file("proc/sys/kernel/pty/max", "4096");
        file("proc/sys/kernel/pty/nr", "3");
        Files.createDirectories(root.resolve("sys/dev/block/254:0"));
        Files.createSymbolicLink(root.resolve("bin"), Path.of("usr/bin"));
        Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
        for (String program : List.of("setpriv", "setsid", "unshare", "perl", "mount", "login", "stty", "lxcfs")) {
            Path path = file("usr/bin/" + program, "");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private Path file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private List<Finding> wrong() {
        return new HostChecks(root, settings)
                .all(false).stream()
                        .filter(each -> each.verdict() != Finding.Verdict.GOOD)
                        .toList();
    }

    @Test
    void findsNothingWrongOnAGoodHost() {
        assertThat(wrong()).isEmpty();
    }

    @Test
    void findsWhatIsMissingWithARemedyEach() throws IOException {
        file("proc/sys/user/max_user_namespaces", "0");
        file("proc/self/mountinfo", MOUNTS);
        file("sys/fs/cgroup/unified/cgroup.controllers", "");
        file("proc/sys/kernel/pty/nr", "4096");
        Files.delete(root.resolve("usr/bin/login"));
        Files.delete(root.resolve("bin"));

        List<Finding> wrong = wrong();

        assertThat(wrong).extracting(Finding::verdict).containsOnly(Finding.Verdict.BAD);
        assertThat(wrong)
                .extracting(Finding::what)
                .containsExactly(
                        "user namespaces", "control groups", "programs", "pseudoterminals", "file system layout");
        assertThat(wrong).allMatch(each -> each.remedy().isPresent());
        assertThat(wrong.get(2).remedy()).contains("apt-get install login");
    }

    @Test
    void saysWhatPartitionsSeeWithoutLxcfs() throws IOException {
        Files.delete(root.resolve("usr/bin/lxcfs"));

        assertThat(wrong()).singleElement().satisfies(finding -> {
            assertThat(finding.verdict()).isEqualTo(Finding.Verdict.WEAK);
            assertThat(finding.remedy().orElseThrow()).contains("apt-get install lxcfs");
        });
        file("usr/bin/lxcfs", "");
        Files.setPosixFilePermissions(root.resolve("usr/bin/lxcfs"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(root.resolve("dev/fuse"));
        assertThat(wrong())
                .singleElement()
                .satisfies(finding -> assertThat(finding.remedy().orElseThrow()).contains("modprobe fuse"));
    }

    private static final String V2_MOUNTS = """
            2 1 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
            9 1 254:0 / / rw - ext4 /dev/vda rw
            """;

    private void makeVersion2() throws IOException {
        file("proc/self/mountinfo", V2_MOUNTS);
        file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
        file("sys/fs/cgroup/system.slice/cgroup.procs", "");
    }

    private List<String> found(String what) {
        return new HostChecks(root, settings)
                .all(true).stream()
                        .filter(each -> each.what().equals(what))
                        .map(Finding::found)
                        .toList();
    }

    @Test
    void findsNothingWrongOnAGoodHostOfVersion2() throws IOException {
        makeVersion2();

        assertThat(wrong()).isEmpty();
        assertThat(found("control groups"))
                .containsExactly("version 2 with cpuset, cpu, io, memory, pids; whole CPUs as cpuset partitions"
                        + " ('bulkhead host' says by which way, once it is up)");
    }

    @Test
    void tellsHowAHostOfVersion2GivesWholeCpus() throws IOException {
        makeVersion2();
        file("sys/fs/cgroup/bulkhead/cgroup.procs", "");
        file("sys/fs/cgroup/bulkhead/cpuset.cpus.partition", "root");
        assertThat(found("control groups")).singleElement().asString().contains("has no cpuset.cpus.exclusive");

        file("sys/fs/cgroup/bulkhead/cpuset.cpus.exclusive", "1-3");
        file("proc/sys/kernel/osrelease", "6.12.117\n");

        assertThat(found("control groups"))
                .singleElement()
                .asString()
                .endsWith("by cpuset.cpus.exclusive; kernel 6.12.117");
    }

    @Test
    void tellsWhatWeakensAHostOfVersion2() throws IOException {
        makeVersion2();
        file("proc/self/mountinfo", V2_MOUNTS.replace(",memory_recursiveprot", ""));
        file("sys/fs/cgroup/system.slice/cpuset.cpus", "0\n");
        file("sys/fs/cgroup/bulkhead/cgroup.procs", "");
        file("sys/fs/cgroup/bulkhead/cpuset.cpus", "1-3\n");

        List<Finding> wrong = wrong().stream()
                .filter(each -> !each.what().endsWith("left over"))
                .toList();

        assertThat(wrong).extracting(Finding::verdict).containsOnly(Finding.Verdict.WEAK);
        assertThat(wrong).extracting(Finding::what).containsExactly("memory protection", "CPUs of the host's groups");
        assertThat(wrong.get(1).found()).isEqualTo("confined by cpuset.cpus: system.slice (0)");
    }

    @Test
    void namesTheControllersThatVersion2Lacks() throws IOException {
        makeVersion2();
        file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n");

        assertThat(wrong()).singleElement().satisfies(finding -> {
            assertThat(finding.verdict()).isEqualTo(Finding.Verdict.BAD);
            assertThat(finding.found()).isEqualTo("version 2 without memory");
        });
    }

    @Test
    void callsAHostWeakWhoseDiskCannotBeBounded() throws IOException {
        file("proc/self/mountinfo", MOUNTS + V1_MOUNTS + "4 1 0:40 / /var/lib rw - tmpfs tmpfs rw\n");

        assertThat(wrong()).extracting(Finding::what).containsExactly("disk of the partitions");
    }

    @Test
    void findsWhatIsLeftOfThisInstanceAlone() throws IOException {
        Files.createDirectories(root.resolve("sys/fs/cgroup/cpu/bulkhead"));
        Files.createDirectories(root.resolve("sys/fs/cgroup/cpu/bulkhead-demo"));
        Files.createDirectories(root.resolve("sys/fs/cgroup/cpu/bulkhead.pool"));
        file(
                "proc/self/mountinfo",
                MOUNTS
                        + V1_MOUNTS
                        + "4 1 0:40 / /run/bulkhead/root\\040x rw - tmpfs t rw\n5 1 0:41 / /run/bulkheads rw - tmpfs t rw\n");
        file("proc/17/status", "Name:\tsleep\nUid:\t1048576\t1048576\t1048576\t1048576\n");
        file("proc/18/status", "Name:\tsh\nUid:\t0\t0\t0\t0\n");
        file("sys/block/loop0/loop/backing_file", "/var/lib/bulkhead/volumes/x\n");
        file("sys/block/loop1/loop/backing_file", "/home/x\n");
        file("sys/class/net/bh-bulkhead/ifalias", "bulkhead/bulkhead\n");
        file("sys/class/net/bh0a1b2cv0002/ifalias", "bulkhead/bulkhead/db\n");
        file("sys/class/net/bh0d1e2fv0002/ifalias", "bulkhead/bulkhead-2/db\n");
        file("sys/class/net/eth0/ifalias", "\n");
        Path nft = file(
                "usr/sbin/nft",
                "#!/bin/sh\necho 'table inet filter'; echo 'table ip bulkhead-bulkhead'; echo 'table ip x'\n");
        Files.setPosixFilePermissions(nft, PosixFilePermissions.fromString("rwxr-xr-x"));
        Leftovers left = new Leftovers(root, settings);

        assertThat(left.groups()).containsExactly("/sys/fs/cgroup/cpu/bulkhead", "/sys/fs/cgroup/cpu/bulkhead.pool");
        assertThat(left.mounts()).containsExactly("/run/bulkhead/root x");
        assertThat(left.processes()).containsExactly("17 (sleep)");
        assertThat(left.loopDevices()).containsExactly("/dev/loop0");
        assertThat(left.interfaces())
                .containsExactly("bh-bulkhead (bulkhead/bulkhead)", "bh0a1b2cv0002 (bulkhead/bulkhead/db)");
        assertThat(left.filterTables()).containsExactly("table ip bulkhead-bulkhead");
        assertThat(wrong())
                .extracting(Finding::verdict)
                .containsOnly(Finding.Verdict.WEAK)
                .hasSize(6);
        assertThat(new HostChecks(root, settings).all(true)).allMatch(each -> each.verdict() == Finding.Verdict.GOOD);
    }
}
