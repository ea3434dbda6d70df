package io.bulkhead.harness.acceptance;

import static io.bulkhead.harness.acceptance.DrillGround.onTheHostAside;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.State;
import io.bulkhead.harness.acceptance.Installation.Result;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A partition's root tries to get at files of the host, or to lead the manager astray, which walks among its own as the
 * host's root; the numbers are those of the table in partition-manager/SECURITY.md.
 */
class FileDrillsIT {
    private static final String FILES = "no path leads out: drills of SECURITY.md";

    /** Renames in a loop: what the manager looks at is a directory now and a link in a moment, as fast as it goes. */
    private static final String SWAP = "my ($one, $other) = (\"%s\", \"%s\"); my $n = 0; "
            + "until (-e \"/root/stop\") { syscall($number{renameat2}, -100, $one, -100, $other, 2) == 0 or die $!; $n++ } "
            + "syscall($number{renameat2}, -100, $one, -100, $other, 2) if -l $one; print \"swapped $n times\\n\";";

    private static DrillGround ground;
    private static Path bait;

    @BeforeAll
    static void install() throws IOException {
        ground = DrillGround.up("--share", "/usr/share/common-licenses:/srv/deep/place");
        // What nobody may be led to: a directory of the host with a file, and a fifo on which a plain open would hang
        bait = Files.createDirectory(ground.host().directory().resolve("bait"));
        Files.writeString(bait.resolve("bait-file"), "of the host\n");
        Commands.run(List.of("mkfifo", bait.resolve("bait-fifo").toString()), "", Patience.seconds(10))
                .expect(0);
    }

    @AfterAll
    static void remove() {
        ground.close();
    }

    private static List<String> inBait() throws IOException {
        try (var files = Files.list(bait)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @WithEveryInit
    @Proves("limits cannot be raised from inside")
    void d32CannotWriteItsOwnLimitsOrAReleaseAgent(String partition) {
        // Given every hierarchy that there is, mounted anew, and its own as it is shown
        String script = """
                mkdir -p /tmp/g; i=0
                mount -t cgroup2 none /tmp/g 2>/dev/null && echo "mounted v2"
                for c in $(cut -d: -f2 /proc/self/cgroup); do
                  i=$((i+1)); mkdir -p /tmp/g$i
                  mount -t cgroup -o $c none /tmp/g$i 2>/dev/null && echo "mounted $c"
                done
                # Below its own group on version 2 it may divide what it has
                test -e /sys/fs/cgroup/cgroup.controllers && depth=1 || depth=2
                for d in /sys/fs/cgroup /tmp/g*; do
                  find $d -maxdepth 3 -name release_agent 2>/dev/null
                  for f in $(find $d -maxdepth $depth -type f \\( -name '*max*' -o -name '*limit*' -o -name '*quota*' -o -name '*.low' \
                      -o -name '*.min' -o -name '*cpus*' -o -name '*mems' -o -name '*shares' -o -name '*weight*' \
                      -o -name 'devices.*' -o -name '*throttle*' -o -name '*.freeze*' \\) 2>/dev/null); do
                    ( : >> $f ) 2>/dev/null && echo "REACHED $f"
                  done
                done
                umount /tmp/g* 2>/dev/null; true
                """;

        String out = ground.shell(partition, script).expect(0).out();

        // Then none of them opens, and no release agent is in sight; the host's root opens the same files
        assertThat(out.lines().filter(line -> !line.startsWith("mounted"))).isEmpty();
        ground.host().run("verify", partition).expect(0);
        Path limit = ground.limitOf(partition);
        assertThat(Commands.run(List.of("sh", "-c", ": >> " + limit), "", Patience.seconds(10))
                        .status())
                .isZero();
    }

    @WithEveryInit
    @Proves(FILES)
    void d33CannotMountFileSystemsOfTheHost(String partition) {
        String script = """
                mkdir -p /tmp/m
                for t in debugfs tracefs configfs securityfs pstore bpf efivarfs devtmpfs fuse fusectl hugetlbfs nfs 9p virtiofs; do
                  mount -t $t none /tmp/m 2>/dev/null && echo "REACHED $t" && umount /tmp/m
                done
                for d in /dev/vda /dev/vda1 /dev/sda1 /dev/nvme0n1p1 /dev/loop0 /dev/dm-0; do
                  mount $d /tmp/m 2>/dev/null && echo "REACHED $d" && umount /tmp/m
                done
                head -c 1048576 /dev/zero > /tmp/image; mount -o loop /tmp/image /tmp/m 2>/dev/null && echo REACHED loop
                ls -A /sys/kernel/debug /sys/kernel/tracing /sys/kernel/config 2>/dev/null | grep -v '^/sys\\|^$'
                rm /tmp/image; true
                """;

        assertThat(ground.shell(partition, script).expect(0).out()).isEmpty();
        assertThat(
                        ground.inside(
                                partition,
                                "for (\"debugfs\", \"configfs\", \"tracefs\") { my $t = $_; "
                                        + "my $context = syscall($number{fsopen}, $t, 0); try(\"fsconfig\", $context, 6, 0, 0, 0) }"))
                .hasLineCount(3)
                .doesNotContain("REACHED");
        // A registry of formats of programs can be had, but it is its own
        Path registry = Path.of("/proc/sys/fs/binfmt_misc/bhdrill");
        ground.shell(
                partition,
                "mount -t binfmt_misc none /tmp/m 2>/dev/null && echo ':bhdrill:E::bhdrill::/usr/bin/true:' "
                        + "> /tmp/m/register && umount /tmp/m; true");
        assertThat(registry).doesNotExist();
        // The host's root mounts them
        assertThat(onTheHostAside("for t in debugfs tracefs; do mount -t $t none /mnt && echo $t; done")
                        .out())
                .isEqualTo("debugfs\ntracefs\n");
    }

    @WithEveryInit
    @Proves(FILES)
    void d34CannotTakeMasksOrTheHostsFilesOff(String partition) {
        // Given every mount that the boot has made: the holder has stayed in them
        List<String> places = ThisHost.text(Path.of("/proc/" + ground.holder(partition) + "/mountinfo"))
                .lines()
                .map(line -> line.split(" ")[4])
                .distinct()
                .toList();
        assertThat(places).contains("/usr", "/proc/sys", "/proc/keys", "/srv/deep/place");
        // When each is taken off, at once or when it is free, moved, or made writable, as it is and by a child aside
        String script = """
                $| = 1; my ($to, $none, $proc, $root) = ("/tmp/to", "", "/proc", "/"); mkdir $to;
                sub aside { my $child = fork; if (!$child) {
                  syscall($number{unshare}, 0x20000) == 0 or print "not aside\\n"; shift->(); exit } waitpid $child, 0 }
                for (qw(%s)) { my $p = $_;
                  my $off = sub { try("umount2", $p, 0); try("umount2", $p, 2) };
                  $off->(); aside($off); aside(sub { try("mount", $p, $to, $none, 0x2000, 0) });
                }
                for (qw(/usr /proc/sys /proc/sysrq-trigger /proc/irq /srv/deep/place)) { my $p = $_;
                  my $write = sub { try("mount", $none, $p, $none, 0x1020, 0) };
                  $write->(); aside($write);
                }
                aside(sub { try("mount", $_, $to, $none, 0x1000, 0) for $proc, $root });
                print "usr REACHED\\n" if open my $file, ">", "/usr/bin/x";
                """.formatted(String.join(" ", places));

        assertThat(ground.inside(partition, script))
                .doesNotContain("REACHED", "not aside")
                .hasLineCount(5 * places.size() + 2 * 5 + 2);
        assertThat(ground.inside(partition, """
                        my ($usr, $to, $none, $root) = ("/usr", "/tmp/to", "", "/"); my $clear = pack "QQQQ", 0, 1, 0, 0;
                        try("mount_setattr", -100, $usr, 0, $clear, 32); try("open_tree", -100, $root, 1);
                        try("move_mount", -100, $usr, -100, $to, 0); try("pivot_root", $to, $to);
                        """)).doesNotContain("REACHED").hasLineCount(4);
        // Where they are not locked, all that is one call
        assertThat(onTheHostAside(
                                "mount -t tmpfs -o ro none /mnt && mount -o remount,bind,rw /mnt && mount --move /mnt /media && "
                                        + "umount /media && echo REACHED")
                        .out())
                .isEqualTo("REACHED\n");
    }

    @WithEveryInit
    @Proves(FILES)
    void d38DifferencesAreReadPastLinksThatAreSwapped(String partition) throws Exception {
        // Given a directory of its generation that is one in a moment and a link out of its files in the next
        ground.shell(partition, "rm -f /root/stop; ln -sfn ../../../../bait /etc/swap")
                .expect(0);
        Path raced = ground.filesOf(partition).resolve("etc/default");
        boolean ledAstray = false;
        try (var racer =
                ground.host().open(partition, DrillGround.command(SWAP.formatted("/etc/default", "/etc/swap")))) {
            // A plain path is led out
            await().atMost(Patience.seconds(20))
                    .pollDelay(Duration.ZERO)
                    .until(() -> Files.exists(raced.resolve("bait-file")));

            // When the manager reads it again and again
            for (int i = 0; i < 4; i++) {
                Result differences = ground.host().run("os", "diff", partition, "-o", "json");
                ledAstray |= differences.out().contains("bait-");
                assertThat(differences.status()).as(differences.err()).isZero();
            }
            ground.shell(partition, "touch /root/stop").expect(0);
            for (var frame = racer.receive(); frame.isPresent(); frame = racer.receive()) {
                // To its end.
            }
        }
        assertThat(ledAstray).isFalse();
        assertThat(inBait()).containsExactly("bait-fifo", "bait-file");
        ground.shell(partition, "test -L /etc/swap && rm /etc/swap").expect(0);
    }

    @WithEveryInit
    @Proves(FILES)
    void d38AndD39StartsPastLinksWhereTheManagerPutsThings(String partition) throws Exception {
        // Given links where a start mounts something, makes a directory and has a terminal
        ground.shell(partition, """
                mv /var/lib /var/lib.away && ln -s /root /var/lib && mkdir -p /root/dpkg
                mount -t tmpfs none /dev && ln -s /root/console /dev/console
                ln -sfn ../../../../bait /etc/alternatives.d; ln -sfn %s /root/out
                """.formatted(bait)).expect(0);

        ground.host().run("restart", partition, "--kill", "--yes");

        // Then it does without, nothing was mounted where the link led, and the console is the one that the manager
        // made
        ground.awaitRunning(partition);
        assertThat(ground.shell(
                                partition,
                                "grep -c ' /root/dpkg ' /proc/self/mountinfo; test -c /dev/console && ls /root/console")
                        .out())
                .startsWith("0\n")
                .contains("No such file");
        ground.shell(partition, "rm /var/lib && mv /var/lib.away /var/lib").expect(0);

        // And where a share is to be shown behind a link, it does not start, and makes nothing there
        ground.host().run("stop", partition, "--kill", "--yes").expect(0);
        Path place = ground.filesOf(partition).resolve("srv/deep");
        Path away = place.resolveSibling("away");
        Files.move(place, away);
        Files.createSymbolicLink(place, Path.of("../../../../bait"));
        Result refused = ground.host().run("start", partition);
        assertThat(refused.status()).isNotZero();
        assertThat(refused.err()).contains("is a link or no directory");
        assertThat(inBait()).containsExactly("bait-fifo", "bait-file");
        // A plain path would have been led there
        assertThat(Files.isRegularFile(place.resolve("bait-file"))).isTrue();

        Files.delete(place);
        Files.move(away, place);
        ground.host().run("start", partition).expect(0);
        ground.recover(partition);
        assertThat(ground.shell(partition, "grep -c ' /var/lib/dpkg ' /proc/self/mountinfo")
                        .out())
                .isEqualTo("1\n");
    }

    @WithEveryInit
    @Proves(FILES)
    void d49LeavesNoProgramsThatRunAsTheHostsRoot(String partition) throws IOException {
        // Given a program in its files that is root's and set-user-id on the host too
        ground.shell(
                        partition,
                        "cp /usr/bin/id /root/id && chown 0:0 /root/id && chmod 4755 /root/id && chmod 755 /root")
                .expect(0);
        Path program = ground.filesOf(partition).resolve("root/id");
        assertThat(Files.getAttribute(program, "unix:mode")).isEqualTo(0104755);

        // Then no user of the host gets there, by its path or by the partition's processes
        for (Path path : List.of(
                program,
                Path.of("/proc/" + ground.init(partition) + "/root/root/id"),
                Path.of("/proc/" + ground.holder(partition) + "/root/root/id"))) {
            Result result = asNobody(path);
            assertThat(result.status()).as("%s", path).isNotZero();
            assertThat(result.out()).isEmpty();
        }
        // Where he gets, it makes him root
        Path open = Files.copy(Path.of("/usr/bin/id"), ground.host().directory().resolve("id"));
        Files.setAttribute(open, "unix:mode", 04755);
        assertThat(asNobody(open).out()).isEqualTo("0\n");
        Files.delete(open);
        ground.shell(partition, "rm /root/id; chmod 700 /root").expect(0);
    }

    private static Result asNobody(Path program) {
        return Commands.run(
                // setpriv(1) itself keeps the power to go anywhere until it executes something.
                List.of(
                        "setpriv",
                        "--reuid",
                        "65534",
                        "--regid",
                        "65534",
                        "--clear-groups",
                        "sh",
                        "-c",
                        program + " -u"),
                "",
                Patience.seconds(10));
    }

    @WithEveryInit
    @Proves(FILES)
    void d51CannotMakeTheManagerWait(String partition) throws IOException {
        // Given no file system of its own to be had …
        assertThat(ground.shell(partition, """
                        test -e /dev/fuse && echo REACHED
                        mknod /dev/fuse c 10 229 2>/dev/null && echo REACHED; mknod /tmp/fuse c 10 229 2>/dev/null && echo REACHED
                        mkdir -p /tmp/f; mount -t fuse -o fd=0,rootmode=40000,user_id=0,group_id=0 none /tmp/f 2>/dev/null \
                          && echo REACHED; true
                        """).out()).isEmpty();
        // … and, where the manager reads, a fifo and a file that somebody holds a lease on (F_SETLEASE, F_WRLCK)
        ground.shell(partition, "rm -f /root/stop; mv /etc/issue /etc/issue.was; mkfifo /etc/issue")
                .expect(0);
        String lease =
                "$SIG{IO} = \"IGNORE\"; open my $f, \"+<\", \"/etc/profile\" or die; fcntl($f, 1024, 1) or die \"lease $!\"; "
                        + "open my $told, \">\", \"/root/leased\"; close $told; select undef, undef, undef, .1 until -e \"/root/stop\";";
        try (var holder = ground.host().open(partition, DrillGround.command(lease))) {
            await().atMost(Patience.seconds(20))
                    .until(() -> Files.exists(ground.filesOf(partition).resolve("root/leased")));

            // Then it is told at once what is there, and others are served
            long begun = System.nanoTime();
            assertThat(ground.host().run("os", "diff", partition).expect(0).out())
                    .contains("etc/issue");
            assertThat(System.nanoTime() - begun)
                    .isLessThan(Patience.seconds(10).toNanos());
            assertThat(ground.shell(partition, "touch /root/stop; rm /root/leased; mv /etc/issue.was /etc/issue")
                            .status())
                    .isZero();
            for (var frame = holder.receive(); frame.isPresent(); frame = holder.receive()) {
                // To its end.
            }
        }
    }

    @WithEveryInit
    @Proves(FILES)
    void d36SeesNoSocketsOfTheHost(String partition) throws IOException {
        // Given the manager's, the control plane's, and those of every other installation on the host
        List<String> sockets = ThisHost.text(Path.of("/proc/net/unix"))
                .lines()
                .map(line -> line.replaceFirst(".*\\s", ""))
                .filter(path -> path.startsWith("/") && path.contains("/bh-"))
                .distinct()
                .toList();
        String manager = ground.host().managerSocket().toString();
        assertThat(sockets).contains(ground.host().apiSocket().toString());
        String connect = "use Socket; for my $path (%s) { socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; "
                + "print \"REACHED $path\\n\" if connect $s, sockaddr_un($path) }";
        // It was bound under another name.
        String paths = Stream.concat(Stream.of(manager), sockets.stream())
                .flatMap(path -> List.of(
                        "\"" + path + "\"", "\"/proc/1/root" + path + "\"", "\"/proc/self/cwd/../../.." + path + "\"")
                        .stream())
                .collect(Collectors.joining(","));

        assertThat(ground.inside(partition, connect.formatted(paths))).isEmpty();
        assertThat(ground.shell(partition, "grep -c bh- /proc/net/unix").out()).isEqualTo("0\n");
        assertThat(DrillGround.onTheHost(connect.formatted("\"" + manager + "\"")))
                .isEqualTo("REACHED " + manager + "\n");
        assertThat(ground.host().show(partition).state()).isEqualTo(State.RUNNING);
    }
}
