package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A partition's root is nobody outside, and cannot reach beyond its walls; with every kind of init. */
@Alone("it has whole CPUs, which no other instance may have")
class WallsIT {
    private static Installation host;

    @BeforeAll
    static void install() {
        host = Installation.up();
        host.run("define", "shell", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "256MiB")
                .expect(0);
        host.run("define", "systemd", "--cpus", ThisHost.oneCore(), "--memory", "512MiB", "--init", "systemd")
                .expect(0);
        host.run("start", "shell", "systemd").expect(0);
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "systemd"})
    @Proves("root inside is nobody outside")
    void rootInsideIsAnUnprivilegedUserOutside(String partition) throws IOException {
        PartitionStatus status = host.show(partition);

        String process = Files.readString(Path.of("/proc/" + status.pid().orElseThrow() + "/status"));

        assertThat(process).contains("Uid:\t" + status.uidRange().base());
        assertThat(host.exec(partition, "id -u").out().strip()).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "systemd"})
    @Proves("limits cannot be raised from inside")
    void cannotLiftItsOwnLimits(String partition) {
        // Given an attempt with everything root inside can do: mount the memory hierarchy and write to every limit
        Installation.Result attempt = host.exec(partition, """
                mkdir -p /tmp/cg && { mount -t cgroup2 none /tmp/cg || mount -t cgroup -o memory none /tmp/cg; } 2>&1
                for f in $(find /tmp/cg /sys/fs/cgroup -name memory.limit_in_bytes -o -name memory.max -o -name pids.max \
                    -o -name cpuset.cpus -o -name cpuset.cpus.partition -o -name cpu.cfs_quota_us -o -name cpu.max \
                    2>/dev/null); do
                  for value in 99999999999 max 0-1 root; do
                    echo $value > $f 2>/dev/null && echo "wrote $f"
                  done
                done
                umount /tmp/cg 2>/dev/null; true
                """);

        // Then whatever it could write was not the limit that counts
        assertThat(attempt.status()).isZero();
        host.run("verify", partition).expect(0);
        assertThat(host.exec(partition, "perl -e 'my $x = \"x\" x (900<<20); print 1'")
                        .status())
                .isEqualTo(137);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "systemd"})
    @Proves("a partition cannot change the kernel")
    void cannotWriteKernelSettings(String partition) {
        String script = """
                echo 1 > /proc/sys/kernel/sysrq && echo WROTE-sysrq
                mount -o remount,rw /proc/sys && echo REMOUNTED
                mount -o remount,bind,rw /proc/sys && echo REMOUNTED
                umount /proc/sys && echo UNMOUNTED
                unshare -m sh -c 'umount /proc/sys && echo UNMOUNTED-IN-NEW-NS'
                touch /usr/bin/x && echo WROTE-usr
                mount -o remount,rw /usr && touch /usr/bin/x && echo WROTE-usr
                mknod /tmp/disk b 254 0 && echo MADE-NODE
                head -c 1 /proc/kcore | wc -c | grep -q 1 && echo READ-kcore
                date -s '2001-01-01' && echo SET-TIME
                hostname other && hostname %1$s
                dmesg && echo READ-DMESG
                true
                """.formatted(partition);

        String out = host.exec(partition, script).out();

        assertThat(out).doesNotContain("WROTE", "REMOUNTED", "UNMOUNTED", "MADE-NODE", "READ-", "SET-TIME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "systemd"})
    @Proves("a partition sees nothing of the host and of others")
    void seesNothingOfTheHostAndOfOthers(String partition) {
        String other = partition.equals("shell") ? "systemd" : "shell";
        String canary = "canary-of-" + other;
        host.exec(other, "echo " + canary + " > /root/secret").expect(0);

        String seen =
                host.exec(partition, """
                        grep -rls %2$s /root /home /srv /var /etc /tmp /run 2>/dev/null
                        find / -xdev -name 'manager.sock' -o -xdev -name 'api.sock' 2>/dev/null
                        ls %1$s 2>/dev/null
                        cat /proc/1/environ | tr '\\0' '\\n' | grep -i bulkhead_
                        ls /proc | grep -c '^[0-9]'
                        """.formatted(host.directory(), canary)).out();

        assertThat(seen.strip()).matches("\\d{1,2}");
        assertThat(host.exec(partition, "cat /etc/shadow").out()).doesNotContain("$6$", "$y$");
        assertThat(host.exec(partition, "ls /proc/self/fd | sort -n | tail -1")
                        .out()
                        .strip())
                .matches("[0-9]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "systemd"})
    @Proves("a partition sees nothing of the host and of others")
    void cannotSignalOrSeeProcessesOutside(String partition) {
        long manager = host.managerPid();

        String out = host.exec(
                        partition,
                        "kill -0 " + manager + " && echo REACHED; cat /proc/" + manager + "/cmdline && echo READ; true")
                .out();

        assertThat(out).isEmpty();
    }
}
