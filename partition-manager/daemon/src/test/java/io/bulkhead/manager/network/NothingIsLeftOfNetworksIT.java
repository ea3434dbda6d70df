package io.bulkhead.manager.network;

import static io.bulkhead.manager.network.NetworkGround.access;
import static io.bulkhead.manager.network.NetworkGround.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.start.GrouplessCgroups;
import io.bulkhead.manager.start.PartitionStarter;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever fails or dies, and whenever: no interface, rule or descriptor stays; needs root, iproute2, nftables. */
@Alone("it compares what the whole host has before and after")
class NothingIsLeftOfNetworksIT {
    private final NetworkGround ground = new NetworkGround();

    @AfterEach
    void clean() {
        ground.close();
    }

    /** Tools whose n-th run fails, and does nothing. */
    private static NetworkTools failing(AtomicInteger left, List<String> failed) {
        NetworkTools real = new ProgramTools();
        return (command, input) -> {
            if (left.decrementAndGet() == 0) {
                failed.add(String.join(" ", command));
                throw new NetworkException(String.join(" ", command) + ": made to fail");
            }
            return real.run(command, input);
        };
    }

    @Test
    void leavesNothingWhicheverToolFails() {
        List<String> failed = new ArrayList<>();
        int call = 1;
        boolean failedNone = false;
        while (!failedNone) {
            AtomicInteger left = new AtomicInteger(call);
            ground.wall = ground.newWall(Optional.empty(), false, failing(left, failed));
            try {
                ground.wall.bind(NetworkGround.record(
                        "a",
                        slice("10Mbit/s", "10Mbit/s"),
                        NetworkAccess.ALONE,
                        TestGround.RANGE,
                        Optional.of(ground.subnet.at(2))));
                failedNone = left.get() > 0;
                // What comes now is not to fail: it would be the release or something beside, whichever is first.
                left.set(Integer.MAX_VALUE);
                ground.wall.release(PartitionName.parse("a"));
                ground.wall.leave();
                assertThat(ground.leftovers()).isEmpty();
            } catch (Refusal e) {
                assertThat(e).hasMessageContaining("made to fail").hasMessageContaining("cannot have its network here");
                assertThat(ground.leftovers())
                        .as("after call %d: %s", call, failed)
                        .isEmpty();
            }
            call++;
        }
        assertThat(failed).hasSizeGreaterThan(8);
    }

    @Test
    void keepsWhatOthersHaveWhicheverToolFails() {
        ground.define("a", slice("10Mbit/s", "10Mbit/s"), NetworkAccess.ALONE);
        ground.start("a");
        String rules = rules();
        List<String> before = ground.leftovers();
        List<String> failed = new ArrayList<>();
        boolean failedNone = false;
        for (int call = 5; !failedNone; call++) {
            AtomicInteger left = new AtomicInteger(call);
            NetworkWall wall = ground.newWall(Optional.empty(), false, failing(left, failed));
            wall.recover(ground.records.keySet());
            ground.records.forEach((name, record) -> wall.adopt(record, ground.running.get(name)));
            try {
                wall.bind(NetworkGround.record(
                        "b",
                        slice("10Mbit/s", "10Mbit/s"),
                        access(List.of("a")),
                        TestGround.RANGE,
                        Optional.of(ground.subnet.at(9))));
                failedNone = left.get() > 0;
                left.set(Integer.MAX_VALUE);
                wall.release(PartitionName.parse("b"));
            } catch (Refusal e) {
                // As before, see below.
            }
            assertThat(rules()).as("after call %d: %s", call, failed).isEqualTo(rules);
            assertThat(ground.leftovers()).containsExactlyInAnyOrderElementsOf(before);
            wall.close();
        }
        assertThat(failed).hasSizeGreaterThan(5);
        assertThat(ground.inside("a", "ping -c 1 -W 1 host")).contains(" 0% packet loss");
    }

    private String rules() {
        return NetworkGround.host("nft", "list", "table", "bridge", ground.names.table())
                + NetworkGround.host("nft", "list", "table", "ip", ground.names.table());
    }

    @Test
    void hasNoMoreAfterAHundredRoundsThanAfterOne() {
        ground.define("a", slice("100Mbit/s", "100Mbit/s"), NetworkAccess.ALONE);
        round();
        List<String> before = ground.leftovers();
        TestGround.Holdings held = TestGround.Holdings.now();

        for (int i = 0; i < 100; i++) {
            round();
        }

        assertThat(ground.leftovers()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(TestGround.Holdings.now()).isEqualTo(held);
        assertThat(ground.promises("a")).allMatch(Promise::held);
    }

    private void round() {
        ground.start("a");
        ground.stop("a");
        ground.settle();
    }

    @Test
    void goesOnUnderANewManagerAndClearsAwayWhatNobodyKnows() {
        ground.define("a", slice("100Mbit/s", "100Mbit/s"), access(List.of("b")));
        ground.define("b", NetworkSlice.UNLIMITED, NetworkAccess.ALONE);
        ground.define("forgotten", slice("1Mbit/s", "1Mbit/s"), NetworkAccess.ALONE);
        ground.start("a");
        ground.start("b");
        PartitionName forgotten = PartitionName.parse("forgotten");
        String link =
                ground.names.link(ground.records.remove(forgotten).address().orElseThrow());
        assertThat(ground.leftovers()).contains(link);
        ground.wall.close();

        ground.wall = ground.newWall(Optional.empty(), false, ground.tools);
        ground.wall.recover(ground.records.keySet());
        assertThat(ground.inside("a", "ping -c 1 -W 1 b")).contains(" 0% packet loss");
        ground.records.forEach((name, record) -> ground.wall.adopt(record, ground.running.get(name)));

        assertThat(ground.leftovers()).doesNotContain(link);
        assertThat(ground.promises("a")).allMatch(Promise::held);
        assertThat(ground.inside("a", "ping -c 1 -W 1 b")).contains(" 0% packet loss");
        for (int i = 0; i < 20; i++) {
            // At once: the next run may be faster than what is made anew beside.
            ground.stop("a");
            ground.start("a");
        }
        assertThat(ground.inside("a", "ping -c 1 -W 1 b")).contains(" 0% packet loss");
    }

    @Test
    void givesBackWhatAnEarlierManagerHasMadeAndThisOneCouldNotBind() {
        ground.define("a", slice("10Mbit/s", "10Mbit/s"), NetworkAccess.ALONE);
        PartitionName name = PartitionName.parse("a");
        ground.wall.close();

        ground.wall = ground.newWall(Optional.of("nosuchif"), false, ground.tools);
        ground.wall.recover(ground.records.keySet());
        assertThatThrownBy(() -> ground.wall.bind(ground.records.get(name)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the host has no such interface");
        ground.wall.release(name);

        assertThat(ground.leftovers()).isEmpty();
    }

    @Test
    void leavesNothingWhenTheManagerIsKilledAtAnyStep() throws Exception {
        for (int call = 1; call < 16; call += 2) {
            Process manager = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            DyingManager.class.getName(),
                            ground.instance.value(),
                            ground.subnet.toString(),
                            ground.first.directory.toString(),
                            Integer.toString(call))
                    .inheritIO()
                    .start();
            assertThat(manager.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(manager.exitValue()).as("killed at call %d", call).isEqualTo(137);

            ground.wall = ground.newWall(Optional.empty(), false, ground.tools);
            ground.wall.recover(Set.of());
            assertThat(ground.leftovers()).as("killed at call %d", call).isEmpty();
            // Its donors: they end with their input.
            await().atMost(Duration.ofSeconds(5)).until(() -> TestGround.processesOfRange().stream()
                    .noneMatch(process -> process.endsWith(" perl")));
        }
    }

    /** Binds a partition and kills itself after its n-th tool. */
    static final class DyingManager {
        private DyingManager() {}

        public static void main(String[] arguments) {
            Syscalls sys = new JnaSyscalls();
            AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[3]));
            NetworkTools real = new ProgramTools();
            NetworkTools deadly = (command, input) -> {
                String output = real.run(command, input);
                if (left.decrementAndGet() == 0) {
                    die(sys);
                }
                return output;
            };
            Path directory = Path.of(arguments[2]);
            Cgroups cgroups = new GrouplessCgroups();
            PartitionStarter starter = new PartitionStarter(sys, cgroups, directory.resolve("root"));
            Ipv4Subnet subnet = Ipv4Subnet.parse(arguments[1]);
            NetworkWall wall = NetworkWall.open(
                    new InstanceName(arguments[0]),
                    new Settings.Network(subnet, Optional.empty(), false, false),
                    directory,
                    directory,
                    deadly,
                    sys,
                    starter::userNamespace,
                    new NamespaceEntrance(sys, cgroups, name -> TestGround.restraints(new Init.Shell())),
                    Runnable::run,
                    NetworkGround.BOOT);
            wall.bind(NetworkGround.record(
                    "a",
                    slice("10Mbit/s", "10Mbit/s"),
                    NetworkAccess.ALONE,
                    TestGround.RANGE,
                    Optional.of(subnet.at(2))));
            die(sys);
        }

        private static void die(Syscalls sys) {
            sys.signal(sys.openProcess(ProcessHandle.current().pid()), 9);
        }
    }
}
