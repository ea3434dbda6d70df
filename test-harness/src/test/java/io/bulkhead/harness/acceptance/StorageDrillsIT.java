package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.acceptance.Installation.Result;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A partition's root against volumes and shares: it fills its own, and races with the manager, which walks to shares and onto
 * volumes as the host's root. The numbers are those of the table in partition-manager/SECURITY.md.
 */
class StorageDrillsIT {
    private static final int MIB = 1 << 20;
    private static final int STARTS = 3;

    private static DrillGround ground;
    private static Path shared;
    private static Path bait;

    @BeforeAll
    static void install() throws IOException {
        // A directory that all of them write to, as a share is, and that nobody else of the host enters
        shared = Files.createTempDirectory(
                "bh-share-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectories(shared.resolve("sub"));
        Files.writeString(shared.resolve("sub/mine"), "mine\n");
        bait = Files.createTempDirectory("bh-bait-");
        Files.writeString(bait.resolve("bait-file"), "of the host\n");
        ground = DrillGround.up("--storage", "96MiB", "--share", shared + ":/srv/shared:rw");
        ground.host()
                .run("define", "victim", "--cpus", "0.1", "--memory", "64MiB", "--share", shared + "/sub:/srv/sub")
                .expect(0);
    }

    @AfterAll
    static void remove() throws IOException {
        ground.close();
        for (Path directory : List.of(shared, bait)) {
            Commands.run(List.of("rm", "-rf", directory.toString()), "", Patience.seconds(20))
                    .expect(0);
        }
    }

    @WithEveryInit
    @Proves("a full disk is the partition's own")
    void d43FillsItsOwnDiskOnly(String partition) {
        long before = bytesOf(partition);

        Result filled = ground.shell(partition, "head -c 300M /dev/zero > /var/fill; echo; stat -c %s /var/fill");

        // Then it is told so, its volume on the host is as large as before, and a neighbour writes on
        assertThat(filled.out()).contains("No space left on device");
        long size = Long.parseLong(
                filled.out().strip().lines().reduce((one, other) -> other).orElseThrow());
        assertThat(size).isBetween(10L * MIB, 96L * MIB);
        assertThat(bytesOf(partition)).isEqualTo(before);
        String neighbour = DrillGround.neighbourOf(partition);
        ground.shell(neighbour, "head -c 1M /dev/zero > /var/written && sync /var/written && rm /var/written")
                .expect(0);
        ground.shell(partition, "rm /var/fill").expect(0);
        ground.host().run("verify", partition).expect(0);
    }

    @Test
    @Proves("a full disk is the partition's own")
    void filesOfOneWithoutAVolumeAreTheHosts() {
        ground.host().run("bind", "victim").expect(0);
        ground.host().run("start", "victim").expect(0);
        long before = bytesOf("victim");

        ground.host()
                .exec("victim", "head -c 8M /dev/zero > /var/fill && sync /var/fill")
                .expect(0);

        assertThat(bytesOf("victim") - before).isGreaterThanOrEqualTo(8L * MIB);
        ground.host().run("stop", "victim", "--kill", "--yes").expect(0);
    }

    /** What a partition's files take on the host's disk. */
    private static long bytesOf(String partition) {
        String du = Commands.run(
                        List.of(
                                "du",
                                "-s",
                                "--block-size=1",
                                ground.filesOf(partition).toString()),
                        "",
                        Patience.seconds(20))
                .expect(0)
                .out();
        return Long.parseLong(du.split("\\s")[0]);
    }

    @WithEveryInit
    @Proves("no path leads out: drills of SECURITY.md")
    void d38RacesForAShareThatLiesInAnother(String partition) throws Exception {
        // Given a racer that swaps the directory that another partition is to see and a link to one of the host's
        String swap = "my ($one, $other) = (\"/srv/shared/sub\", \"/srv/shared/link\"); symlink \"%s\", $other or die; "
                + "until (-e \"/root/stop\") { syscall($number{renameat2}, -100, $one, -100, $other, 2) == 0 or die $! } "
                + "syscall($number{renameat2}, -100, $one, -100, $other, 2) if -l $one; unlink $other;";
        ground.shell(partition, "rm -f /root/stop").expect(0);
        ground.host().run("bind", "victim").expect(0);
        int refused = 0;
        int shown = 0;
        try (var racer = ground.host().open(partition, DrillGround.command(swap.formatted(bait)))) {
            // A plain path is led there
            await().atMost(Patience.seconds(20)).until(() -> Files.exists(shared.resolve("sub/bait-file")));

            // When that one starts again and again
            for (int i = 0; i < STARTS; i++) {
                Result start = ground.host().run("start", "victim");
                if (start.status() == 0) {
                    shown++;
                    assertThat(ground.host().exec("victim", "ls /srv/sub").out())
                            .isEqualTo("mine\n");
                } else {
                    refused++;
                    assertThat(start.err()).contains("cannot be shared");
                }
                ground.host().run("stop", "victim", "--kill", "--yes");
            }
            ground.shell(partition, "touch /root/stop").expect(0);
            for (var frame = racer.receive(); frame.isPresent(); frame = racer.receive()) {
                // To its end.
            }
        }

        // Then it has either seen the directory or not started
        assertThat(shown + refused).isEqualTo(STARTS);
        ground.host().run("start", "victim").expect(0);
        assertThat(ground.host().exec("victim", "cat /srv/sub/mine").out()).isEqualTo("mine\n");
        ground.host().run("stop", "victim", "--kill", "--yes").expect(0);
    }

    @WithEveryInit
    @Proves("no path leads out: drills of SECURITY.md")
    void d38LinksGoOntoAVolumeAndAwayAsLinks(String partition) throws IOException {
        // Given a partition of this kind whose files are full of ways out, on its way onto a volume
        String name = "mover-" + partition;
        ground.host().run("release", "victim", "--yes").expect(0);
        apply(name, partition, "");
        Path files = ground.filesOf(name);
        Files.createSymbolicLink(files.resolve("root/out"), bait);
        Files.createSymbolicLink(
                files.resolve("var/up"),
                Path.of("../../../../../../..").resolve(bait.toString().substring(1)));
        Files.createSymbolicLink(files.resolve("srv/file"), bait.resolve("bait-file"));
        assertThat(Files.exists(files.resolve("var/up/bait-file"))).isTrue();

        // When its files go onto the volume
        apply(name, partition, "storage: 96MiB, ");
        ground.host().run("start", name).expect(0);
        ground.awaitRunning(name);

        // Then nothing of the host has come along
        assertThat(ground.host()
                        .exec(
                                name,
                                "readlink /root/out; ls /var/up/ /root/out/ 2>&1 | grep -c 'No such'; cat /srv/file 2>&1 | grep -c 'No such'")
                        .out())
                .isEqualTo(bait + "\n2\n1\n");

        // And when it is deleted, with a tree deeper than any path is long
        ground.host()
                .exec(
                        name,
                        DrillGround.command(
                                "chdir \"/root\"; for (1 .. 60) { mkdir \"d\" x 200 and chdir \"d\" x 200 or die } "
                                        + "symlink \"" + bait + "\", \"out\" or die;"))
                .expect(0);
        ground.host().run("stop", name, "--kill", "--yes").expect(0);
        ground.host().run("delete", name, "--yes", "--wipe").expect(0);
        assertThat(files).doesNotExist();
        assertThat(bait.resolve("bait-file")).hasContent("of the host\n");
    }

    private static void apply(String name, String init, String storage) throws IOException {
        Path file = Files.writeString(ground.host().directory().resolve("mover.yaml"), """
                partitions:
                  %s: {cpus: 0.1, memory: 64MiB, %sinit: %s}
                """.formatted(
                        name, storage, init.equals(DrillGround.SERVICE) ? "{service: [/usr/bin/sleep, 1d]}" : init));
        ground.host().run("apply", "-f", file.toString(), "--yes").expect(0);
    }
}
