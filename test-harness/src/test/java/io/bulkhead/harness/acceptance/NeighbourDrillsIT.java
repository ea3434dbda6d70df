package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.State;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A partition's root looks for the processes around it, for those next door, and for what one before it has left; the numbers
 * are those of the table in partition-manager/SECURITY.md.
 */
class NeighbourDrillsIT {
    private static final String NOBODY = "a partition sees nothing of the host and of others";

    /** Of asm-generic/ and linux/reboot.h: the two magic numbers, and what to do. */
    private static final String REBOOT = "try(\"reboot\", 0xfee1dead, 672274793, %s, 0);";

    private static final String RESTART = "0x01234567";
    private static final String POWER_OFF = "0x4321fedc";
    private static final String HALT = "0xcdef0123";

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
    @Proves(NOBODY)
    void d35FindsNeitherTheHolderNorItsDescriptors(String partition) throws IOException {
        // Given the holder, which keeps the console's master
        long holder = ground.holder(partition);
        assertThat(ThisHost.nameOf(holder)).contains("bulkhead-holder");
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + holder + "/fd/3")).toString())
                .contains("ptmx");

        String seen = ground.shell(partition, """
                        cat /proc/[0-9]*/comm | grep -i 'bulkhead\\|java'
                        for p in 1 $$; do cut -d' ' -f4 /proc/$p/stat; done
                        ls -l /proc/[0-9]*/fd 2>/dev/null | grep -i 'ptmx\\|user:\\|mnt:\\|net:\\|/tmp/bh-'
                        find /proc/[0-9]*/root /proc/[0-9]*/cwd -maxdepth 0 -type l -exec readlink {} + | sort -u
                        test -e /proc/%d && echo REACHED the holder
                        ls /dev/pts | grep -v '^[0-9]*$'
                        """.formatted(holder)).out();

        assertThat(seen.lines().map(String::strip).distinct().toList()).containsExactly("0", "/", "/root", "ptmx");
        // Its terminal is a slave alone: it gives no way to the master's side (TIOCGPTPEER), and there is no other one
        assertThat(ground.inside(
                        partition,
                        "open my $c, \"+<\", \"/dev/console\" or die $!; "
                                + "print defined ioctl($c, 0x5441, 2) ? \"REACHED\" : \"no\", \" peer\\n\";"))
                .isEqualTo("no peer\n");
        assertThat(Files.exists(Path.of("/proc/" + holder))).isTrue();
    }

    @WithEveryInit
    @Proves(NOBODY)
    void d37AbstractSocketsEndAtItsNetwork(String partition) throws IOException {
        // Given somebody who listens on the host, and somebody next door
        String name = "\\0bh-drill-" + ProcessHandle.current().pid() + "-" + partition;
        String listen = "use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; bind $s, pack(\"S a*\", AF_UNIX, \""
                + name + "\") or die $!; listen $s, 5; $| = 1; print \"listens\\n\"; select undef, undef, undef, ";
        String connect = "use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; "
                + "print connect($s, pack(\"S a*\", AF_UNIX, \"" + name + "\")) ? \"REACHED\" : \"no\", \"\\n\";";
        Process outside = new ProcessBuilder("perl", "-e", listen + "60;").start();
        try (var reader = outside.inputReader();
                var nextDoor = ground.host()
                        .open(
                                DrillGround.neighbourOf(partition),
                                DrillGround.command(listen + ".1 until -e \"/root/stop\";"))) {
            assertThat(reader.readLine()).isEqualTo("listens");
            assertThat(nextDoor.receive().orElseThrow().payload()).asString().isEqualTo("listens\n");

            // Then each is met by its own side alone
            assertThat(ground.inside(partition, connect)).isEqualTo("no\n");
            assertThat(ground.inside(DrillGround.neighbourOf(partition), connect))
                    .isEqualTo("REACHED\n");
            assertThat(DrillGround.onTheHost(connect)).isEqualTo("REACHED\n");
            ground.shell(DrillGround.neighbourOf(partition), "touch /root/stop").expect(0);
            for (var frame = nextDoor.receive(); frame.isPresent(); frame = nextDoor.receive()) {
                // To its end.
            }
            ground.shell(DrillGround.neighbourOf(partition), "rm /root/stop").expect(0);
        } finally {
            outside.destroy();
        }
    }

    @WithEveryInit
    @Proves("reboot and power off inside are the partition's own")
    void d52RebootsAndEndsItselfAlone(String partition) {
        String neighbour = DrillGround.neighbourOf(partition);
        long next = ground.init(neighbour);
        long before = ground.init(partition);

        // When it is rebooted from inside, the partition boots again, and nobody else does
        ground.inside(partition, REBOOT.formatted(RESTART));
        await().atMost(Patience.seconds(30))
                .until(() ->
                        ground.host().show(partition).state() == State.RUNNING && ground.init(partition) != before);
        ground.awaitRunning(partition);

        // When it is switched off or halted, it is at rest
        for (String how : List.of(POWER_OFF, HALT)) {
            ground.inside(partition, REBOOT.formatted(how));
            await().atMost(Patience.seconds(30))
                    .until(() -> ground.host().show(partition).state() == State.BOUND);
            ground.host().run("start", partition).expect(0);
            ground.awaitRunning(partition);
        }
        assertThat(ground.init(neighbour)).isEqualTo(next);
    }

    @WithEveryInit
    @Proves("who is defined after another finds nothing of him")
    void d50FindsNothingOfTheOneBeforeWithItsIds(String partition) throws IOException {
        // Given one that has left files, shared memory and keys, and is deleted
        String name = "heir-" + partition;
        define(name, partition);
        long base = ground.host().show(name).uidRange().base();
        ground.host()
                .exec(
                        name,
                        "mkdir -p /home/secret /var/tmp/secret; echo secret > /home/secret/x; chown 1000:1000 /home/secret/x; "
                                + "echo secret > /dev/shm/secret; ipcmk -M 4096; chmod 4777 /home/secret/x")
                .expect(0);
        String add = "my ($t, $d, $p) = (\"user\\0\", \"secret\\0\", \"secret\"); try(\"add_key\", $t, $d, $p, 6, -4);";
        String find = "my ($t, $d) = (\"user\\0\", \"secret\\0\"); try(\"keyctl\", 10, -4, $t, $d, 0);";
        String added = ground.host().exec(name, DrillGround.command(add + find)).out();
        Path files = ground.filesOf(name);
        ground.host().run("stop", name, "--kill", "--yes").expect(0);
        assertThat(files.resolve("home/secret/x")).exists();
        ground.host().run("delete", name, "--yes", "--wipe").expect(0);

        // Then there is nothing of him, and the next one, which has the same ids, finds nothing
        assertThat(Files.exists(files, LinkOption.NOFOLLOW_LINKS)).isFalse();
        define(name, partition);
        assertThat(ground.host().show(name).uidRange().base()).isEqualTo(base);
        assertThat(ground.host()
                        .exec(
                                name,
                                "find / -xdev -name '*secret*' -path '*/secret*' 2>/dev/null | grep -v '^/usr\\|^/proc\\|^/sys'; "
                                        + "find /home /dev/shm /var/tmp -mindepth 1 | grep -v systemd-private; tail -n +2 /proc/sysvipc/shm")
                        .out())
                .isEmpty();
        assertThat(ground.host().exec(name, DrillGround.command(find)).out())
                .as("after %s", added)
                .doesNotContain("REACHED");
        ground.host().run("stop", name, "--kill", "--yes").expect(0);
        ground.host().run("delete", name, "--yes", "--wipe").expect(0);
    }

    private static void define(String name, String init) {
        List<String> words = new ArrayList<>(List.of("define", name, "--cpus", "0.1", "--memory", "96MiB"));
        if (init.equals(DrillGround.SYSTEMD)) {
            words.addAll(List.of("--init", "systemd"));
        } else if (init.equals(DrillGround.SERVICE)) {
            words.addAll(List.of("--service", "/usr/bin/sleep", "--", "1d"));
        }
        ground.host().run(words.toArray(String[]::new)).expect(0);
        ground.host().run("start", name).expect(0);
        ground.awaitRunning(name);
    }
}
