package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PackageChange;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.generation.TreeRemoval;
import io.bulkhead.manager.server.TestClient;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real manager with real partitions, on a host whose /etc is a copy of this machine's that the test may change. */
class GenerationsIT {
    private static final PartitionName DB = new PartitionName("db");
    private static final PartitionName WEB = new PartitionName("web");

    private Path directory;
    private Path host;
    private Settings settings;
    private Manager manager;
    private TestClient client;

    @BeforeEach
    void startAManager() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes partitions");
        directory = Files.createTempDirectory("bh-gen-");
        host = Files.createDirectory(directory.resolve("host"));
        run("cp", "-a", "/etc", host.toString());
        Files.createDirectories(host.resolve("var/log"));
        write(host.resolve("etc/app.conf"), "a=1\n");
        packages("app", "1");
        Path config = directory.resolve("bulkhead.conf");
        Files.writeString(config, """
                [instance]
                name = bh-gen-%d
                state_dir = %s/state
                run_dir = %s/run
                [partitions]
                uid_base = 1966080000
                uid_ranges = 8
                [control-plane]
                user = root
                """.formatted(ProcessHandle.current().pid(), directory, directory));
        settings = SettingsLoader.read(Optional.of(config), Map.of(), Map.of()).settings();
        System.setProperty(Manager.HOST_ROOT, host.toString());
        begin();
    }

    private void begin() throws IOException {
        manager = Manager.start(settings);
        client = new TestClient(settings.managerSocket());
    }

    @AfterEach
    void leaveNothing() throws Exception {
        System.clearProperty(Manager.HOST_ROOT);
        if (client != null) {
            for (PartitionName name : List.of(DB, WEB)) {
                client.ask(new Order.StopPartition(name, true));
                client.ask(new Order.DeletePartition(name));
            }
            assertThat(client.ask(new Order.ShutDown(false))).isInstanceOf(Reply.Done.class);
            client.close();
            manager.close();
        }
        if (directory != null) {
            TreeRemoval.remove(directory);
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void packages(String name, String version) throws IOException {
        write(
                host.resolve("var/lib/dpkg/status"),
                "Package: " + name + "\nStatus: install ok installed\nArchitecture: all\nVersion: " + version + "\n\n");
    }

    private Path own(PartitionName name, String path) {
        return settings.stateDirectory().resolve("partitions/" + name + "/" + path);
    }

    private <R extends Reply> R ask(Order order, Class<R> type) throws IOException {
        Reply reply = client.ask(order);
        assertThat(reply).isInstanceOf(type);
        return type.cast(reply);
    }

    private PartitionStatus partition(Order order) throws IOException {
        return ask(order, Reply.Partition.class).partition();
    }

    private void define(PartitionName name) throws IOException {
        ByteSize memory = ByteSize.ofMebibytes(32);
        Claim claim = new Claim(new CpuClaim.Part(new CpuMillis(50)), memory, 64, IoSlice.UNLIMITED);
        partition(new Order.DefinePartition(
                new PartitionSpec(name, claim, new Init.Shell(), false, false, 2_000, Optional.empty()),
                new Slice(new CpuSlice.Part(new CpuMillis(50)), NodeSet.of(0), memory, 64, IoSlice.UNLIMITED),
                Optional.empty()));
    }

    private Rebase rebase(PartitionName name) throws IOException {
        return ask(new Order.RebasePartition(name), Reply.Rebased.class).rebase();
    }

    private Problem refusal(Order order) throws IOException {
        return ask(order, Reply.Refused.class).problem();
    }

    private GenerationInfo capture() throws IOException {
        return ask(new Order.CaptureGeneration(), Reply.Captured.class).generation();
    }

    private static List<String> paths(FileChanges changes) {
        return changes.changes().stream().map(FileChange::path).toList();
    }

    @Test
    void aPartitionFollowsItsHostKeepsItsOwnAndGoesBack() throws Exception {
        String first = capture().name();
        define(DB);
        define(WEB);
        assertThat(partition(new Order.StartPartition(DB)).generation()).isEqualTo(first);
        write(own(DB, "etc/mine.conf"), "mine\n");
        write(own(DB, "etc/app.conf"), "a=mine\n");

        // What was changed, while it runs.
        write(host.resolve("etc/hosts-like.conf"), "new\n");
        packages("app", "2");
        PartitionDifferences differences =
                ask(new Order.DiffPartition(DB), Reply.Differences.class).differences();
        assertThat(paths(differences.own())).contains("etc/app.conf", "etc/mine.conf");
        assertThat(paths(differences.host())).containsExactly("etc/hosts-like.conf");
        assertThat(differences.packages().changes())
                .containsExactly(new PackageChange("app:all", Optional.of("1"), Optional.of("2")));
        assertThat(paths(ask(new Order.DiffPartition(WEB), Reply.Differences.class)
                        .differences()
                        .own()))
                .isEmpty();

        // One that runs is rebased at its next start, one at rest at once.
        String second = capture().name();
        assertThat(second).isNotEqualTo(first);
        assertThat(rebase(DB).pending()).isTrue();
        assertThat(rebase(WEB).pending()).isFalse();
        PartitionStatus waiting = partition(new Order.ShowPartition(DB));
        assertThat(waiting.generation()).isEqualTo(first);
        assertThat(waiting.drift().orElseThrow().rebase()).contains(second);
        assertThat(waiting.drift().orElseThrow().packagesMoved()).isEqualTo(1);
        assertThat(own(DB, "etc/hosts-like.conf")).doesNotExist();
        assertThat(own(WEB, "etc/hosts-like.conf")).hasContent("new\n");
        partition(new Order.StopPartition(DB, true));
        assertThat(partition(new Order.StartPartition(DB)).generation()).isEqualTo(second);
        assertThat(own(DB, "etc/hosts-like.conf")).hasContent("new\n");
        assertThat(own(DB, "etc/mine.conf")).hasContent("mine\n");
        assertThat(own(DB, "etc/app.conf")).hasContent("a=mine\n");

        // A conflict is listed, and nothing is done.
        write(host.resolve("etc/app.conf"), "a=3\n");
        String third = capture().name();
        Problem conflict = refusal(new Order.RebasePartition(DB));
        assertThat(conflict.code()).isEqualTo(ProblemCode.CONFLICT);
        assertThat(conflict.holders()).containsExactly("etc/app.conf: content changed on both sides");
        assertThat(rebase(WEB).to()).isEqualTo(third);

        // The way back, which a new manager still knows.
        assertThat(refusal(new Order.UndoRebase(DB)).code()).isEqualTo(ProblemCode.WRONG_STATE);
        partition(new Order.StopPartition(DB, true));
        client.ask(new Order.ShutDown(true));
        client.close();
        manager.close();
        begin();
        assertThat(ask(new Order.UndoRebase(DB), Reply.Rebased.class).rebase().to())
                .isEqualTo(first);
        assertThat(own(DB, "etc/hosts-like.conf")).doesNotExist();
        assertThat(own(DB, "etc/app.conf")).hasContent("a=mine\n");
        assertThat(partition(new Order.StartPartition(DB)).generation()).isEqualTo(first);

        // Only what nobody needs goes.
        write(host.resolve("etc/app.conf"), "a=4\n");
        String fourth = capture().name();
        write(host.resolve("etc/app.conf"), "a=5\n");
        String fifth = capture().name();
        Reply.GenerationsRemoved removed =
                ask(new Order.RemoveUnusedGenerations(false), Reply.GenerationsRemoved.class);
        assertThat(removed.names()).containsExactly(fourth);
        assertThat(ask(new Order.ListGenerations(), Reply.Generations.class).generations())
                .extracting(GenerationInfo::name)
                .containsExactlyInAnyOrder(first, second, third, fifth);
        assertThat(ask(new Order.RemoveUnusedGenerations(true), Reply.GenerationsRemoved.class))
                .satisfies(gone -> assertThat(gone.waysBack()).isEqualTo(2))
                .satisfies(gone -> assertThat(gone.names()).containsExactly(second));
    }
}
