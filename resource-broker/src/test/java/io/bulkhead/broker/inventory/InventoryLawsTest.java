package io.bulkhead.broker.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.testing.InventorySamples;
import io.bulkhead.broker.testing.SysTree;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class InventoryLawsTest {
    /** A machine and the CPUs of it that are switched off. */
    record Shape(Topology topology, CpuSet offline) {}

    /** Reading is the inverse of writing. A tree is some hundred files, so most of the cases are of the smallest trees. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void readsBackWhateverSmallMachineWasWritten(@ForAll("tinyShapes") Shape shape) {
        checkRoundTrip(shape);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void readsBackWhateverMachineWasWritten(@ForAll("smallShapes") Shape shape) {
        checkRoundTrip(shape);
    }

    private static void checkRoundTrip(Shape shape) {
        Path root = temporary();
        try {
            SysTree.of(root, shape.topology(), shape.offline());

            Inventory inventory = new InventoryReader(root).readInventory();

            assertThat(inventory.topology()).isEqualTo(shape.topology());
            assertThat(inventory.offline()).isEqualTo(shape.offline());
            assertThat(inventory.caches().stream().map(Inventory.Cache::cpus).reduce(CpuSet.EMPTY, CpuSet::union))
                    .isEqualTo(shape.topology().online());
        } finally {
            delete(root);
        }
    }

    /** What is exported is what is planned with. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void readsBackWhateverFileWasWritten(@ForAll("shapes") Shape shape) {
        InventoryFile file = InventorySamples.file(InventorySamples.inventory().with(shape.topology()));
        String text = InventoryFiles.text(RecordCodec.encode(file));

        // The samples' reserve and holding name CPUs 0 and 1 and node 0, which a machine may lack.
        boolean consistent = InventoryRules.firstContradiction(file).isEmpty();

        if (consistent) {
            assertThat(InventoryFiles.read("x", text.getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(file);
        } else {
            assertThat(RecordCodec.decode(InventoryFile.class, RecordCodec.encode(file)))
                    .isEqualTo(file);
        }
    }

    @Provide
    Arbitrary<Shape> shapes() {
        return Arbitraries.longs().map(seed -> shape(4, new Random(seed)));
    }

    /** Of every kind of part one, seldom two. */
    @Provide
    Arbitrary<Shape> tinyShapes() {
        return Arbitraries.longs().map(seed -> {
            Random random = new Random(seed);
            return shape(() -> random.nextInt(4) == 0 ? 2 : 1, random);
        });
    }

    @Provide
    Arbitrary<Shape> smallShapes() {
        return Arbitraries.longs().map(seed -> shape(2, new Random(seed)));
    }

    /** Some packages of some caches of some cores of one or two threads, with holes in the numbers of nodes and CPUs. */
    private static Shape shape(int most, Random random) {
        return shape(() -> 1 + random.nextInt(most), random);
    }

    private static Shape shape(IntSupplier counts, Random random) {
        int packages = counts.getAsInt();
        int cachesOfPackage = counts.getAsInt();
        int coresOfCache = counts.getAsInt();
        int threads = Math.min(2, counts.getAsInt());
        int cores = packages * cachesOfPackage * coresOfCache;
        boolean nodeOfCache = random.nextBoolean();
        boolean twoDies = cachesOfPackage > 1 && random.nextBoolean();
        boolean mixed = cores > 1 && random.nextBoolean();
        int nodeStep = 1 + random.nextInt(3);
        List<Topology.Cpu> all = new ArrayList<>();
        for (int id = 0; id < cores * threads; id++) {
            int core = id % cores;
            int cache = core / coresOfCache;
            int itsPackage = cache / cachesOfPackage;
            all.add(new Topology.Cpu(
                    id,
                    itsPackage,
                    twoDies && cache % cachesOfPackage >= cachesOfPackage / 2 ? 1 : 0,
                    core % (cachesOfPackage * coresOfCache),
                    nodeStep * (nodeOfCache ? cache : itsPackage),
                    cache,
                    !mixed ? CoreType.UNIFORM : core < cores / 2 ? CoreType.PERFORMANCE : CoreType.EFFICIENCY));
        }
        int nodes = nodeOfCache ? packages * cachesOfPackage : packages;
        List<Topology.Node> withMemory = IntStream.range(0, nodes)
                .mapToObj(node -> new Topology.Node(
                        nodeStep * node,
                        new ByteSize((long) random.nextInt(1 << 20) << 12),
                        IntStream.range(0, nodes)
                                .mapToObj(other -> other == node ? 10 : 20 + Math.abs(other - node))
                                .toList()))
                .toList();
        return withSomeOffline(all, withMemory, random);
    }

    /** Kinds, caches and nodes may lose all their CPUs by that; what is left is told as a kernel would. */
    private static Shape withSomeOffline(List<Topology.Cpu> all, List<Topology.Node> nodes, Random random) {
        List<Topology.Cpu> online = new ArrayList<>(all.stream()
                .filter(cpu -> cpu.id() == 0 || random.nextInt(8) > 0)
                .toList());
        boolean oneKind = online.stream().map(Topology.Cpu::coreType).distinct().count() == 1;
        Map<Integer, Integer> cacheOf = new HashMap<>();
        List<Topology.Cpu> told = online.stream()
                .map(cpu -> new Topology.Cpu(
                        cpu.id(),
                        cpu.packageId(),
                        cpu.dieId(),
                        cpu.coreId(),
                        cpu.nodeId(),
                        cacheOf.computeIfAbsent(cpu.cacheId(), any -> cacheOf.size()),
                        oneKind ? CoreType.UNIFORM : cpu.coreType()))
                .toList();
        Topology topology = new Topology(told, nodes);
        return new Shape(
                topology, CpuSet.of(all.stream().map(Topology.Cpu::id).toList()).minus(topology.online()));
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("machine");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
