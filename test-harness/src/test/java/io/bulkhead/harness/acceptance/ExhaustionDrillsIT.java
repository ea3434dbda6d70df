package io.bulkhead.harness.acceptance;

import static io.bulkhead.harness.acceptance.DrillGround.inPlainUserNamespace;
import static io.bulkhead.harness.acceptance.DrillGround.neighbourOf;
import static io.bulkhead.harness.acceptance.DrillGround.onTheHost;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A partition's root takes all that it can get of what the host has one pool of; the numbers are those of the table in
 * partition-manager/SECURITY.md. Host and neighbour must have theirs meanwhile, and the partition must be whole afterwards.
 */
class ExhaustionDrillsIT {
    private static final String BOUNDED = "a partition's kernel objects are bounded";

    private static final int TASKS = 128;

    private static DrillGround ground;

    @BeforeAll
    static void install() {
        ground = DrillGround.up("--tasks", Integer.toString(TASKS));
    }

    @AfterAll
    static void remove() {
        ground.close();
    }

    @WithEveryInit
    @Proves(BOUNDED)
    @SuppressWarnings("try") // The stream is what keeps the hog running.
    void d24TakesItsOwnInotifyInstancesOnly(String partition) throws IOException {
        // Given one that takes all it can get and keeps them for a while
        ground.shell(partition, "rm -f /root/stop /root/count").expect(0);
        String hog = "$| = 1; my $n = 0; for (1 .. 5000) { syscall($number{inotify_init1}, 0) >= 0 ? $n++ : last } "
                + "print \"$n\\n\"; sleep 1 until -e \"/root/stop\"";

        try (var stream = ground.host().open(partition, DrillGround.command(hog) + " > /root/count")) {
            String count = await().atMost(Patience.seconds(20))
                    .until(
                            () -> ground.shell(partition, "cat /root/count")
                                    .out()
                                    .strip(),
                            text -> text.matches("\\d+"));

            // Then it got no more than its share, and host and neighbour have theirs
            assertThat(Long.parseLong(count)).isBetween(1L, 128L);
            assertThat(onTheHost("try(\"inotify_init1\", 0);")).contains("REACHED");
            assertThat(ground.inside(neighbourOf(partition), "try(\"inotify_init1\", 0);"))
                    .contains("REACHED");
            ground.shell(partition, "touch /root/stop").expect(0);
            await().atMost(Patience.seconds(20)).until(() -> ground.inside(partition, "try(\"inotify_init1\", 0);")
                    .contains("REACHED"));
        }
    }

    @WithEveryInit
    @Proves(BOUNDED)
    void d25AndD27TakesItsOwnNamespacesAndTerminalsOnly(String partition) {
        String nets = "my $n = 0; for (1 .. 100) { last unless defined(my $p = fork); "
                + "if (!$p) { exit(syscall($number{unshare}, 0x40000000) == 0 ? sleep 4 : 1) } } "
                + "select undef, undef, undef, 2; my $failed = 0; "
                + "while (waitpid(-1, 1) > 0) { $failed++ } print 100 - $failed, \"\\n\";";
        String terminals = "my @held; for (1 .. 2000) { open my $m, \"+<\", \"/dev/ptmx\" or last; push @held, $m } "
                + "print scalar(@held), \"\\n\";";

        long namespaces = Long.parseLong(ground.inside(partition, nets).strip());
        long taken = Long.parseLong(ground.inside(partition, terminals).strip());

        // Its own one is one of 32.
        assertThat(namespaces).isLessThanOrEqualTo(31);
        assertThat(taken).isBetween(1L, 256L);
        assertThat(onTheHost("open my $m, \"+<\", \"/dev/ptmx\" and print \"REACHED\\n\";"))
                .contains("REACHED");
        assertThat(inPlainUserNamespace("try(\"unshare\", 0x40000000);")).contains("REACHED");
    }

    @WithEveryInit
    @Proves(BOUNDED)
    void d28OpenFilesCountAgainstItsSlice(String partition) {
        // Given programs that open the same file until they are refused, and what its group and the host count
        // meanwhile
        String hog = "sub number { open my $f, \"<\", $_[0] or die; my ($n) = <$f> =~ /(\\d+)/; $n } "
                + "my ($group) = grep { -e } \"/sys/fs/cgroup/memory/memory.usage_in_bytes\", \"/sys/fs/cgroup/memory.current\"; "
                + "my $all = \"/proc/sys/fs/file-nr\"; my ($bytes, $files, $count) = (number($group), number($all), 0); "
                + "my $path = \"/dev/null\\0\"; pipe my $in, my $out; "
                + "for (1 .. 3) { if (!fork) { my $n = 0; $n++ while $n < 20000 && syscall($number{openat}, -100, $path, 0) >= 0; "
                + "syswrite $out, \"$n\\n\"; sleep 60 } } "
                + "$count += <$in> for 1 .. 3; print join(\" \", $count, number($all) - $files, number($group) - $bytes), \"\\n\"; "
                + "$SIG{TERM} = \"IGNORE\"; kill \"TERM\", 0;";

        String out = ground.shell(partition, "ulimit -n $(ulimit -Hn)\nsetsid " + DrillGround.command(hog))
                .out();

        // Then the host's one count has them all, and its own memory pays for each: 184 bytes and more, by kernel
        String[] words = out.strip().split(" ");
        long opened = Long.parseLong(words[0]);
        assertThat(opened).isGreaterThan(10_000);
        assertThat(Long.parseLong(words[1])).isGreaterThan(opened / 2);
        assertThat(Long.parseLong(words[2])).isGreaterThan(150 * opened);
        assertThat(onTheHost("my $path = \"/dev/null\\0\"; try(\"openat\", -100, $path, 0);"))
                .contains("REACHED");
    }

    @WithEveryInit
    @Proves(BOUNDED)
    void d29SharedMemoryAndMessagesCountAgainstItsSlice(String partition) {
        // 600 MiB of System V memory: the kernel kills rather than let the host pay.
        String script = "perl -e '$id = shmget(0, 600 << 20, 0600) // die; my $x = \"y\" x (16 << 20); "
                + "for (0 .. 36) { shmwrite($id, $x, $_ << 24, 16 << 20) or die } print \"REACHED\\n\"'";

        Installation.Result killed = ground.shell(partition, script);

        assertThat(killed.out()).doesNotContain("REACHED");
        assertThat(killed.status()).isEqualTo(137);
        // Its segment outlives it, at its own partition's cost.
        assertThat(ground.shell(partition, "wc -l < /proc/sysvipc/shm").out().strip())
                .isEqualTo("2");
        assertThat(Commands.run(List.of("wc", "-l", "/proc/sysvipc/shm"), "", Patience.seconds(10))
                        .out())
                .startsWith("1 ");
        ground.shell(partition, "ipcrm --all=shm").expect(0);
        ground.host().run("verify", partition).expect(0);
    }

    @WithEveryInit
    @Proves("a partition's memory stays in its slice")
    void d44FilesInMemoryCountAgainstItsSlice(String partition) {
        // Given a file system in memory larger than the slice, and a program that fills it, so large that it is the one
        // to
        // be killed
        String script = """
                mkdir -p /tmp/t && mount -t tmpfs -o size=2g none /tmp/t || exit 9
                perl -e 'my $self = "x" x (48 << 20); my $x = "y" x (1 << 20);
                  open my $f, ">", "/tmp/t/x" or die; for (1 .. 1500) { syswrite $f, $x or die } print "REACHED\\n"'
                """;

        Installation.Result killed = ground.shell(partition, script);

        // Then the kernel has killed it, no file in memory is larger than the slice, and giving it back is enough
        assertThat(killed.out()).doesNotContain("REACHED");
        assertThat(killed.status()).isEqualTo(137);
        String size = ground.shell(partition, "stat -c %s /tmp/t/x && umount /tmp/t")
                .expect(0)
                .out();
        assertThat(Long.parseLong(size.strip())).isBetween(1L << 20, ground.memoryBytes(partition));
        assertThat(ground.shell(neighbourOf(partition), "echo here").out()).isEqualTo("here\n");
        // The host's own file system in memory takes as much as nobody of the partitions may.
        assertThat(DrillGround.onTheHostAside(
                                "mount -t tmpfs -o size=1g none /mnt && head -c 400M /dev/zero > /mnt/x && "
                                        + "stat -c %s /mnt/x")
                        .out())
                .isEqualTo("419430400\n");
        ground.recover(partition);
    }

    @WithEveryInit
    @Proves("a fork bomb stays in its partition")
    void d46AForkBombStaysInItsPartition(String partition) {
        // Given a bomb that goes off for some seconds
        String bomb = "my $end = time + %d; while (time < $end) { fork } select undef, undef, undef, 1;"
                .formatted(Patience.seconds(3).toSeconds());

        var exploding =
                CompletableFuture.supplyAsync(() -> ground.host().exec(partition, "exec " + DrillGround.command(bomb)));
        await().atMost(Patience.seconds(10)).until(() -> ground.processesOf(partition) > TASKS / 2);

        // Then there are never more than its slice says, and commands run next door as ever
        String neighbour = neighbourOf(partition);
        for (int i = 0; i < 3; i++) {
            long begun = System.nanoTime();
            assertThat(ground.shell(neighbour, "for i in 1 2 3; do true & done; wait; echo here")
                            .out())
                    .isEqualTo("here\n");
            assertThat(System.nanoTime() - begun).isLessThan(Patience.seconds(3).toNanos());
            // The holder and the commands' own parents have its ids too.
            assertThat(ground.processesOf(partition)).isLessThanOrEqualTo(TASKS + 8);
        }
        exploding.join();
        await().atMost(Patience.seconds(20)).until(() -> ground.processesOf(partition) < TASKS / 2);
        ground.recover(partition);
        assertThat(ground.host().run("events").out()).contains("partition-tasks-exhausted");
    }

    @WithEveryInit
    @Proves("mounts of a partition cost it alone")
    void d47AHundredThousandMountsDisturbNobody(String partition) throws IOException {
        // Given as many mounts as it gets done in some seconds, among those of process 1 and with the longest names
        // there are
        String mounts =
                "mkdir \"/tmp/many\"; my $n = 0; my ($none, $type, $at) = (\"none\", \"tmpfs\", \"/tmp/many\"); "
                        + "syscall($number{mount}, $none, $at, $type, 0, 0) == 0 && chdir $at or die; "
                        + "my $name = \"n\" x 250; for (1 .. 15) { mkdir $name; chdir $name or die } my ($dot, $end) = (\".\", time + %d); "
                        + "while ($n < 100000 && time < $end) { my $place = \"m$n\"; mkdir $place or last; "
                        + "syscall($number{mount}, $dot, $place, $none, 0x1000, 0) == 0 or last; $n++ } print \"$n\\n\";";

        long made = Long.parseLong(
                ground.inside(partition, mounts.formatted(Patience.seconds(2).toSeconds()))
                        .strip());

        // Then the manager, which looks at them each second, does so as before
        assertThat(made).isGreaterThan(2_000);
        for (int i = 0; i < 3; i++) {
            long begun = System.nanoTime();
            ground.host().show(partition);
            assertThat(ground.shell(neighbourOf(partition), "echo here").out()).isEqualTo("here\n");
            assertThat(System.nanoTime() - begun).isLessThan(Patience.seconds(3).toNanos());
        }
        assertThat(ground.managerMemoryBytes()).isLessThan(128L << 20);
        ground.shell(partition, "umount -l /tmp/many").expect(0);
        ground.recover(partition);
    }

    @WithEveryInit
    @Proves("control groups of a partition go with it")
    void d58GroupsDeeperThanAnyPathGoWithThePartition(String partition) {
        // Given groups inside each other, as deep as it gets, in each hierarchy that it may make some in
        String nest =
                "my $name = \"d\" x 200; for my $top (glob \"/sys/fs/cgroup /sys/fs/cgroup/*\") { chdir $top or next; "
                        + "my $n = 0; $n++ while $n < 60 && mkdir $name and chdir $name; print \"$top $n\\n\" if $n }";

        String made = ground.inside(partition, nest);

        // Then all of them go with the run
        ground.host().run("stop", partition, "--kill", "--yes").expect(0);
        assertThat(Commands.run(
                                List.of(
                                        "find",
                                        "/sys/fs/cgroup",
                                        "-path",
                                        "*" + ground.host().name() + "*",
                                        "-name",
                                        "ddd*"),
                                "",
                                Patience.seconds(20))
                        .out())
                .as("after %s", made)
                .isEmpty();
        ground.recover(partition);
    }
}
