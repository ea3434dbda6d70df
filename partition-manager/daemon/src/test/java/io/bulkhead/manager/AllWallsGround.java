package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * An instance with a partition that has everything: volumes, a share, a network with rates, a peer and a published port, walls
 * of its own, I/O limits. What of it is in the kernel can be listed. Gone with its uplink on close.
 */
final class AllWallsGround implements AutoCloseable {
    static final PartitionName DB = new PartitionName("db");

    /** Property: how many rounds or points; {@code ./dev test --rounds} sets it. */
    private static final String ROUNDS = "bulkhead.test.rounds";

    private static final int USUAL_ROUNDS = 20;
    private static final long UID_BASE = 65_536L * 64_900;
    private static final long UIDS = 65_536L * 8;

    final Path directory;
    final Path config;
    final Settings settings;
    private final String instance;
    private final String uplink;

    AllWallsGround() throws IOException {
        int number = TestGround.networkByte();
        String tag = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x10000, 0xFFFFF));
        instance = "bh-all-" + tag;
        uplink = "bhall" + tag;
        directory = Files.createTempDirectory(Path.of("/var/tmp"), "bh-all-");
        Files.createDirectory(directory.resolve("shared"));
        run("ip", "link", "add", uplink, "type", "bridge");
        run("ip", "address", "add", "198.19." + number + ".1/24", "dev", uplink);
        run("ip", "link", "set", uplink, "up");
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf", uplink, "forwarding"), "1");
        config = Files.writeString(
                directory.resolve("bulkhead.conf"), """
                [instance]
                name = %1$s
                state_dir = %2$s/state
                run_dir = %2$s/run
                [partitions]
                uid_base = %3$d
                uid_ranges = 8
                [network]
                subnet = 10.217.%4$d.0/24
                uplink = %5$s
                [control-plane]
                user = root
                """.formatted(instance, directory, UID_BASE, number, uplink));
        settings = SettingsLoader.load(config, Map.of());
    }

    private static void run(String... words) {
        assertThat(TestGround.command(words)).as(String.join(" ", words)).isEmpty();
    }

    /** How many points of so many to try: all where there is time, else some from the first to the last. */
    static List<Integer> points(int all, int share) {
        int wanted = Math.max(2, Integer.getInteger(ROUNDS, USUAL_ROUNDS) / share);
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < Math.min(all, wanted); i++) {
            points.add(all <= wanted ? i + 1 : 1 + (int) ((long) i * (all - 1) / (wanted - 1)));
        }
        return points;
    }

    Order.DefinePartition definition() {
        Limit<ByteRate> disk = Limit.of(new ByteRate(50 << 20));
        Claim claim = new Claim(
                new CpuClaim.Part(new CpuMillis(100)),
                ByteSize.ofMebibytes(64),
                64,
                new IoSlice(disk, disk, Limit.unlimited(), Limit.unlimited()),
                false,
                Optional.of(new StorageSlice(
                        Optional.of(ByteSize.ofMebibytes(64)),
                        List.of(new Volume(
                                new PartitionName("data"), ByteSize.ofMebibytes(16), new InsidePath("/srv/data"))),
                        List.of())),
                Optional.of(new NetworkSlice(
                        Limit.of(BitRate.parse("100Mbit/s")), Limit.of(BitRate.parse("50Mbit/s")), Optional.empty())));
        PartitionSpec spec = new PartitionSpec(DB, claim, new Init.Shell(), false, true, 2000, Optional.empty())
                .with(
                        Optional.of(new NetworkAccess(
                                Optional.empty(),
                                List.of(new PartitionName("web")),
                                List.of(PublishedPort.parse("29180:80")))),
                        List.of(new Share(directory.resolve("shared").toString(), new InsidePath("/srv/share"), false)),
                        Optional.of(new Hardening(List.of("ptrace"), List.of(), List.of("net_raw"), Optional.empty())));
        return new Order.DefinePartition(
                spec, Slice.of(claim, new CpuSlice.Part(new CpuMillis(100)), NodeSet.of(0)), Optional.empty());
    }

    /** What the kernel has of the instance while its partition is at rest, and more while that runs. */
    List<String> inKernel() {
        List<String> found = new ArrayList<>();
        TestGround.readOrEmpty(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> line.contains(directory.toString()))
                .map(line -> "mount " + line.split(" ")[4])
                .forEach(found::add);
        for (String device : names(Path.of("/sys/block"))) {
            if (TestGround.readOrEmpty(Path.of("/sys/block", device, "loop/backing_file"))
                    .contains(directory.toString())) {
                found.add("loop device");
            }
        }
        for (String device : names(Path.of("/sys/class/net"))) {
            if (TestGround.readOrEmpty(Path.of("/sys/class/net", device, "ifalias"))
                    .startsWith("bulkhead/" + instance)) {
                found.add("interface " + device);
            }
        }
        TestGround.command("nft", "list", "tables")
                .lines()
                .filter(line -> line.endsWith("bulkhead-" + instance))
                .forEach(found::add);
        for (String pid : names(Path.of("/proc"))) {
            String status = TestGround.readOrEmpty(Path.of("/proc", pid, "status"));
            // The dead whom the host's process 1 has to reap are as good as gone.
            boolean dead = status.contains("\nState:\tZ") && status.contains("\nPPid:\t1\n");
            if (pid.matches("\\d+") && !dead && status.lines().anyMatch(AllWallsGround::isOurs)) {
                found.add("process " + status.lines().findFirst().orElse("?"));
            }
        }
        for (String terminal : names(Path.of("/dev/pts"))) {
            if (isOurs(Path.of("/dev/pts", terminal))) {
                found.add("terminal");
            }
        }
        found.sort(null);
        return found;
    }

    private static boolean isOurs(String line) {
        return line.startsWith("Uid:") && isOurs(Long.parseLong(line.split("\\s+")[1]));
    }

    private static boolean isOurs(Path file) {
        try {
            return isOurs(Integer.toUnsignedLong((Integer) Files.getAttribute(file, "unix:uid")));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOurs(long uid) {
        return uid >= UID_BASE && uid < UID_BASE + UIDS;
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        TestGround.command("ip", "link", "del", uplink);
        assertThat(inKernel()).isEmpty();
        PartitionDirectories.removeWholeTree(directory);
    }
}
