package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.server.TestClient;
import io.bulkhead.manager.start.TestGround;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Volumes through a whole manager, which is also killed; needs root, e2fsprogs and loop devices. */
class ManagerStorageIT {
    private static final PartitionName DB = new PartitionName("db");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String instance = "bulkhead-t-vol-" + ProcessHandle.current().pid();
    private Path directory;
    private Process manager;
    private TestClient orders;

    @BeforeEach
    void start() throws IOException {
        directory = Files.createTempDirectory(Path.of("/var/tmp"), "bulkhead-t-vol-");
        startManager();
    }

    private void startManager() throws IOException {
        Path ready = directory.resolve("run/manager.pid");
        Files.deleteIfExists(ready);
        Path config = Files.writeString(
                directory.resolve("bulkhead.conf"),
                String.join(
                        "\n",
                        "[instance]",
                        "name = " + instance,
                        "state_dir = " + directory.resolve("state"),
                        "run_dir = " + directory.resolve("run"),
                        "[partitions]",
                        "uid_base = " + (TestGround.RANGE.base() + 32 * UidRange.SIZE),
                        "uid_ranges = 4",
                        "[control-plane]",
                        "user = root",
                        ""));
        manager = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djna.tmpdir=/tmp",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.bulkhead.manager.Main",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        await().atMost(PATIENCE).until(() -> Files.exists(ready) || !manager.isAlive());
        assertThat(manager.isAlive()).as(log()).isTrue();
        orders = new TestClient(directory.resolve("run/manager.sock"));
    }

    private String log() {
        return TestGround.readOrEmpty(directory.resolve("log"));
    }

    @AfterEach
    void leaveNothing() throws IOException, InterruptedException {
        if (!manager.isAlive()) {
            startManager();
        }
        orders.ask(new Order.StopPartition(DB, true));
        orders.ask(new Order.DeletePartition(DB, true));
        assertThat(orders.ask(new Order.ShutDown(false))).isEqualTo(new Reply.Done());
        orders.close();
        assertThat(manager.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(loops()).isEmpty();
        PartitionDirectories.removeWholeTree(directory);
    }

    private String loops() {
        return TestGround.command("sh", "-c", "cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep " + directory);
    }

    private static Order.DefinePartition definition(Optional<StorageSlice> storage) {
        Limit<ByteRate> rate = Limit.of(new ByteRate(50 << 20));
        Claim claim = new Claim(
                new CpuClaim.Part(new CpuMillis(100)),
                ByteSize.ofMebibytes(64),
                64,
                new IoSlice(rate, rate, Limit.unlimited(), Limit.unlimited()),
                false,
                storage,
                Optional.empty());
        PartitionSpec spec = new PartitionSpec(DB, claim, new Init.Shell(), false, false, 2000, Optional.empty());
        return new Order.DefinePartition(
                spec, Slice.of(claim, new CpuSlice.Part(new CpuMillis(100)), NodeSet.of(0)), Optional.empty());
    }

    private static Optional<StorageSlice> storage(long own, long data) {
        return Optional.of(new StorageSlice(
                Optional.of(ByteSize.ofMebibytes(own)),
                List.of(new Volume(new PartitionName("data"), ByteSize.ofMebibytes(data), new InsidePath("/srv/data"))),
                List.of()));
    }

    private PartitionStatus done(Order order) throws IOException {
        Reply reply = orders.ask(order);
        assertThat(reply).as(reply + "\n" + log()).isInstanceOf(Reply.Partition.class);
        return ((Reply.Partition) reply).partition();
    }

    private Problem refused(Order order) throws IOException {
        Reply reply = orders.ask(order);
        assertThat(reply).isInstanceOf(Reply.Refused.class);
        return ((Reply.Refused) reply).problem();
    }

    private static String inside(PartitionStatus partition, String command) {
        return TestGround.command(
                "nsenter",
                "-t",
                partition.pid().orElseThrow().toString(),
                "-U",
                "-m",
                "-S",
                "0",
                "-G",
                "0",
                "sh",
                "-c",
                command);
    }

    @Test
    void carriesAPartitionOntoAVolumeAndThroughItsLife() throws IOException, InterruptedException {
        // A partition that had none, with something of its own
        done(definition(Optional.empty()));
        inside(done(new Order.StartPartition(DB)), "echo before >/root/mark");
        done(new Order.StopPartition(DB, true));

        // gets volumes, and runs on them
        PartitionStatus defined = done(definition(storage(128, 32)));
        assertThat(defined.promises()).extracting(Promise::resource).contains(Resource.STORAGE, Resource.VOLUMES);
        assertThat(loops()).isEmpty();
        PartitionStatus running = done(new Order.StartPartition(DB));
        assertThat(running.promises()).allMatch(Promise::held);
        assertThat(inside(running, "cat /root/mark; echo x >/srv/data/x; stat -c %u /srv/data/x"))
                .isEqualTo("before\n0\n");
        assertThat(loops().lines()).hasSize(2);

        // through the death of its manager
        manager.destroyForcibly().waitFor();
        startManager();
        PartitionStatus adopted = done(new Order.ShowPartition(DB));
        assertThat(adopted.state()).isEqualTo(State.RUNNING);
        assertThat(adopted.promises()).allMatch(Promise::held).hasSizeGreaterThan(6);
        assertThat(adopted.pid()).isEqualTo(running.pid());

        // grows, and never shrinks
        done(new Order.StopPartition(DB, false));
        awaitLoops(2);
        done(definition(storage(160, 48)));
        assertThat(inside(done(new Order.StartPartition(DB)), "cat /srv/data/x; stat -f -c %b /srv/data")
                        .lines()
                        .toList())
                .satisfies(lines -> {
                    assertThat(lines.get(0)).isEqualTo("x");
                    assertThat(Long.parseLong(lines.get(1)) / 256).as("MiB").isBetween(36L, 48L);
                });
        done(new Order.StopPartition(DB, true));
        assertThat(refused(definition(storage(160, 32))).detail())
                .isEqualTo("the volume data of db has 48MiB and cannot shrink to 32MiB");

        // and goes only when that is said
        Problem problem = refused(new Order.DeletePartition(DB));
        assertThat(problem.code()).isEqualTo(ProblemCode.CONFLICT);
        assertThat(problem.detail()).isEqualTo("deleting db would wipe its volume (160MiB), data (48MiB) for good");
        assertThat(orders.ask(new Order.DeletePartition(DB, true))).isEqualTo(new Reply.Done());
        assertThat(directory.resolve("state/partitions")).isEmptyDirectory();
    }

    private void awaitLoops(int count) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(loops().lines()).hasSize(count));
    }

    @Test
    void mountsVolumesAheadAndLetsThemGoWhateverBecomesOfTheManager() throws IOException, InterruptedException {
        // Given one that was used and is at rest
        done(definition(storage(96, 32)));
        inside(done(new Order.StartPartition(DB)), "echo kept >/root/mark; echo kept >/srv/data/mark");
        done(new Order.StopPartition(DB, true));
        awaitLoops(2);

        // When its manager dies, the mounts go by themselves, and the next one makes its own
        manager.destroyForcibly().waitFor();
        awaitLoops(0);
        startManager();
        awaitLoops(2);

        // When it dies and the next is there at once, to which the volumes have grown
        manager.destroyForcibly().waitFor();
        startManager();
        done(definition(storage(128, 48)));
        awaitLoops(2);
        PartitionStatus running = done(new Order.StartPartition(DB));
        assertThat(running.promises()).allMatch(Promise::held);
        assertThat(inside(running, "cat /root/mark /srv/data/mark")).isEqualTo("kept\nkept\n");
        assertThat(loops().lines()).hasSize(2);
        done(new Order.StopPartition(DB, true));
        awaitLoops(2);

        // When it is rebased, exchanged and looked at, by the mounts that are there
        assertThat(orders.ask(new Order.RebasePartition(DB))).isInstanceOf(Reply.Rebased.class);
        assertThat(loops().lines()).hasSize(2);

        // When its slice is released, and bound
        done(new Order.ReleasePartition(DB));
        assertThat(loops()).isEmpty();
        assertThat(TestGround.command(
                        "e2fsck",
                        "-f",
                        "-n",
                        directory.resolve("state/partitions/db/own.ext4").toString()))
                .doesNotContain("Fix? no");

        // When the manager goes in order
        done(new Order.BindPartition(DB, definition(storage(128, 48)).slice()));
        awaitLoops(2);
        manager.destroy();
        assertThat(manager.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(loops()).isEmpty();
        startManager();
        awaitLoops(2);
    }

    @Test
    void refusesMoreThanTheDiskHas() throws IOException {
        Problem problem = refused(definition(storage(1L << 28, 32)));

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENOUGH_RESOURCES);
        assertThat(problem.detail()).startsWith("storage: 268435488MiB more asked");
        assertThat(directory.resolve("state/partitions")).isEmptyDirectory();
    }

    @Test
    void finishesWhatAKilledManagerLeftOfADefinition() throws IOException, InterruptedException {
        for (int millis : new int[] {50, 150, 300, 500}) {
            // Given a manager that is killed while it makes the volumes
            Thread asking = new Thread(() -> {
                try {
                    orders.ask(definition(storage(96, 32)));
                } catch (IOException | AssertionError e) {
                    // It dies under it.
                }
            });
            asking.start();
            asking.join(millis);
            manager.destroyForcibly().waitFor();
            asking.join();

            // When
            startManager();

            // Then
            done(definition(storage(96, 32)));
            assertThat(inside(done(new Order.StartPartition(DB)), "cat /etc/hostname; ls -d /srv/data"))
                    .isEqualTo("db\n/srv/data\n");
            done(new Order.StopPartition(DB, true));
            assertThat(orders.ask(new Order.DeletePartition(DB, true))).isEqualTo(new Reply.Done());
        }
    }
}
