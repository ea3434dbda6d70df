package io.bulkhead.manager.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.IoBound;
import io.bulkhead.manager.cgroup.PidsController;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllersTest {
    @TempDir
    Path directory;

    private FakeCgroupTree tree;

    @BeforeEach
    void makeTree() {
        tree = new FakeCgroupTree(directory);
    }

    private Path group(String controller) {
        Path group = tree.path(controller).resolve("g");
        tree.makeGroup(group);
        return group;
    }

    private static String text(Path file) {
        return FakeCgroupTree.text(file).strip();
    }

    @Nested
    class Cpuset {
        @Test
        void movesAGroupWithItsGroupsInsideToOtherCpusAndNodes() {
            Path group = group("cpuset");
            Path inside = group.resolve("in");
            tree.makeGroup(inside);
            CpusetController cpuset = new CpusetController(tree, group);
            cpuset.setMems(NodeSet.of(0));
            cpuset.setCpus(CpuSet.of(0, 1));

            cpuset.setCpus(CpuSet.of(2, 3));
            cpuset.setMems(NodeSet.of(1));

            assertThat(cpuset.cpus()).isEqualTo(CpuSet.of(2, 3));
            assertThat(cpuset.mems()).isEqualTo(NodeSet.of(1));
            assertThat(new CpusetController(tree, inside).cpus()).isEqualTo(CpuSet.of(2, 3));
            assertThat(new CpusetController(tree, inside).mems()).isEqualTo(NodeSet.of(1));
        }

        @Test
        void readsTheSetItselfWhereTheKernelHasNoEffectiveOne() throws IOException {
            Path group = group("cpuset");
            CpusetController cpuset = new CpusetController(tree, group);
            cpuset.setCpus(CpuSet.of(2));
            Files.delete(group.resolve("cpuset.effective_cpus"));

            assertThat(cpuset.effectiveCpus()).isEqualTo(CpuSet.of(2));
            assertThat(cpuset.effectiveCpusFile()).isEqualTo(group.resolve("cpuset.cpus"));
        }
    }

    @Nested
    class Cpu {
        @Test
        void turnsThousandthsIntoAQuotaAndBack() {
            CpuController cpu = new CpuController(tree, group("cpu"));

            for (long millis : new long[] {10, 11, 333, 1000, 1500, 512_000}) {
                cpu.setEntitlement(new CpuMillis(millis));
                assertThat(cpu.entitlement()).isEqualTo(Limit.of(new CpuMillis(millis)));
            }
        }

        @Test
        void aQuotaThatIsALittleLargerNeverReadsAsThePromise() {
            Path group = group("cpu");
            CpuController cpu = new CpuController(tree, group);
            cpu.setEntitlement(new CpuMillis(250));

            FakeCgroupTree.put(group.resolve("cpu.cfs_quota_us"), "25001");

            assertThat(cpu.entitlement()).isEqualTo(Limit.of(new CpuMillis(251)));
        }

        @Test
        void keepsSharesWithinTheKernelsBounds() {
            Path group = group("cpu");
            CpuController cpu = new CpuController(tree, group);

            cpu.setTopShares(1000, false);
            assertThat(text(group.resolve("cpu.shares"))).isEqualTo("262144");
            cpu.setSharesOf(new CpuMillis(1));
            assertThat(text(group.resolve("cpu.shares"))).isEqualTo("2");
        }

        @Test
        void outweighsTheHostsTasksButNotTheKernelsThreads() {
            Path group = group("cpu");
            CpuController cpu = new CpuController(tree, group);

            cpu.setTopShares(2, false);
            assertThat(text(group.resolve("cpu.shares"))).isEqualTo("32768");
            cpu.setTopShares(2, true);
            assertThat(text(group.resolve("cpu.shares"))).isEqualTo("2048");
        }

        @Test
        void aWholeCpuHasNoQuota() {
            CpuController cpu = new CpuController(tree, group("cpu"));
            cpu.setEntitlement(new CpuMillis(100));

            cpu.setWhole(1);

            assertThat(cpu.entitlement()).isEqualTo(Limit.unlimited());
            assertThat(cpu.burstMicros()).isZero();
        }
    }

    @Nested
    class Memory {
        @Test
        void growsAndShrinksInTheOrderTheKernelTakes() {
            MemoryController memory = new MemoryController(tree, group("memory"), FakeCgroupTree.PAGE);

            for (long mebibytes : new long[] {64, 128, 32, 33}) {
                memory.setLimit(ByteSize.ofMebibytes(mebibytes));
                assertThat(memory.limit()).isEqualTo(Limit.of(ByteSize.ofMebibytes(mebibytes)));
                assertThat(memory.limitWithSwap()).isEqualTo(Limit.of(ByteSize.ofMebibytes(mebibytes)));
            }
        }

        @Test
        void worksWhereSwapIsNotCounted() throws IOException {
            Path group = group("memory");
            MemoryController memory = new MemoryController(tree, group, FakeCgroupTree.PAGE);
            Files.delete(group.resolve("memory.memsw.limit_in_bytes"));

            memory.setLimit(ByteSize.ofMebibytes(64));

            assertThat(memory.countsSwap()).isFalse();
            assertThat(memory.limit()).isEqualTo(Limit.of(ByteSize.ofMebibytes(64)));
        }

        @Test
        void roundsDownToLargePages() {
            MemoryController memory = new MemoryController(tree, group("memory"), 65_536);

            assertThat(memory.rounded(new ByteSize((64 << 20) + 4096))).isEqualTo(ByteSize.ofMebibytes(64));
        }

        @Test
        void noLimitIsUnlimited() {
            assertThat(new MemoryController(tree, group("memory"), FakeCgroupTree.PAGE).limit())
                    .isEqualTo(Limit.unlimited());
        }

        @Test
        void turnsTheHierarchyOnWhereAnOldKernelHasItOff() {
            Path group = group("memory");
            FakeCgroupTree.put(group.resolve("memory.use_hierarchy"), "0");
            MemoryController memory = new MemoryController(tree, group, FakeCgroupTree.PAGE);

            memory.makeHierarchical();

            assertThat(memory.hierarchical()).isTrue();
        }
    }

    @Nested
    class Pids {
        @Test
        void readsNumbersAndMax() {
            PidsController pids = new PidsController(tree, group("pids"));

            assertThat(pids.max()).isEqualTo(Limit.unlimited());
            pids.setMax(512);
            assertThat(pids.max()).isEqualTo(Limit.of(512L));
        }

        @Test
        void tellsTheFileWhoseTextIsNoNumber() {
            Path group = group("pids");
            FakeCgroupTree.put(group.resolve("pids.max"), "many");

            assertThatThrownBy(() -> new PidsController(tree, group).max())
                    .isInstanceOf(CgroupException.class)
                    .hasMessageContaining(group.resolve("pids.max") + ": 'many' is not a number");
        }
    }

    @Nested
    class Blkio {
        @Test
        void boundsOneDeviceAndLeavesOthers() {
            Path group = group("blkio");
            BlkioController blkio = new BlkioController(tree, group);
            tree.write(blkio.file(IoBound.WRITE), "8:0 1000");

            blkio.set(IoBound.WRITE, "254:0", Limit.of(2000L));
            blkio.set(IoBound.WRITE, "254:0", Limit.of(3000L));

            assertThat(blkio.get(IoBound.WRITE, "254:0")).isEqualTo(Limit.of(3000L));
            blkio.set(IoBound.WRITE, "254:0", Limit.unlimited());
            assertThat(blkio.get(IoBound.WRITE, "254:0")).isEqualTo(Limit.unlimited());
            assertThat(blkio.get(IoBound.WRITE, "8:0")).isEqualTo(Limit.of(1000L));
        }

        @Test
        void refusesWhereTheKernelCannotThrottle() throws IOException {
            Path group = group("blkio");
            BlkioController blkio = new BlkioController(tree, group);
            Files.delete(blkio.file(IoBound.READ));

            blkio.set(IoBound.READ, "254:0", Limit.unlimited());

            assertThatThrownBy(() -> blkio.set(IoBound.READ, "254:0", Limit.of(1L)))
                    .isInstanceOf(Refusal.class);
        }
    }

    @Nested
    class Devices {
        @Test
        void allowsStandardNodesHereAndInside() {
            Path group = group("devices");
            tree.makeGroup(group.resolve("in"));

            new DevicesController(tree, group).allowStandardNodes();

            assertThat(new DevicesController(tree, group).allowsStandardNodesOnly())
                    .isTrue();
            assertThat(new DevicesController(tree, group.resolve("in")).allowsStandardNodesOnly())
                    .isTrue();
            assertThat(text(group.resolve("devices.list")).lines())
                    .contains("c 136:* rwm", "c 5:1 rwm", "b *:* m")
                    .doesNotContain("c 10:229 rwm");
        }

        @Test
        void noticesAnAdditionalNode() {
            Path group = group("devices");
            DevicesController devices = new DevicesController(tree, group);
            devices.allowStandardNodes();

            tree.write(group.resolve("devices.allow"), "b 254:0 rwm");

            assertThat(devices.allowsStandardNodesOnly()).isFalse();
            devices.allowStandardNodes();
            assertThat(devices.allowsStandardNodesOnly()).isTrue();
        }

        @Test
        void opensBlockDevicesForATimeHereAndInside() {
            Path group = group("devices");
            tree.makeGroup(group.resolve("in"));
            DevicesController devices = new DevicesController(tree, group);
            devices.allowStandardNodes();

            devices.openBlockDevices(Set.of("8:16", "259:1"));
            devices.openBlockDevices(Set.of("8:16"));

            for (Path each : List.of(group, group.resolve("in"))) {
                assertThat(text(each.resolve("devices.list")).lines())
                        .contains("b 8:16 rw", "b *:* m")
                        .doesNotContain("b 259:1 rw");
            }
            devices.openBlockDevices(Set.of());
            assertThat(devices.allowsStandardNodesOnly()).isTrue();
        }
    }

    @Nested
    class Freezer {
        @Test
        void goesThroughItsStates() {
            Path group = group("freezer");
            FreezerController freezer = new FreezerController(tree, group);

            freezer.freeze();
            assertThat(freezer.isFrozen()).isTrue();
            FakeCgroupTree.put(group.resolve("freezer.state"), "FREEZING\n");
            assertThat(freezer.isFrozen()).isFalse();
            assertThat(freezer.state()).isEqualTo("FREEZING");
            freezer.thaw();
            assertThat(freezer.isFrozen()).isFalse();
        }
    }

    @Nested
    class Others {
        @Test
        void handsOverWhatSystemdWrites() {
            Path group = group("systemd");

            new NamedSystemdHierarchy(tree, group).handOver(new UidRange(1_000_000));

            assertThat(tree.chowned)
                    .containsExactly(
                            "systemd/g/cgroup.procs 1000000:1000000",
                            "systemd/g/tasks 1000000:1000000",
                            "systemd/g/notify_on_release 1000000:1000000",
                            "systemd/g 1000000:1000000");
        }

        @Test
        void readsTheTimeUsed() {
            Path group = group("cpuacct");
            FakeCgroupTree.put(group.resolve("cpuacct.usage"), "123456789\n");

            assertThat(new CpuacctController(tree, group).usageNanos()).isEqualTo(123_456_789);
        }
    }
}
