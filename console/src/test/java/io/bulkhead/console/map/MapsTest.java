package io.bulkhead.console.map;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.HostView;
import io.bulkhead.console.text.Wrapping;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MapsTest {
    private static final int WIDE = 1000;

    @Test
    void showsEveryCacheWhereThereAreFew() {
        LargeMachine machine = new LargeMachine(2, 1, 2, 4).holding("db", "1-3,17-19", "0", "8GiB");

        assertThat(cpus(machine, WIDE)).isEqualTo("""
                PACKAGE  NODE  CACHE  CORES  CPUS         OWNER
                      0     0  L3 0   1 x 2  0,16         host (pool)
                                      3 x 2  1-3,17-19    db
                               L3 1   4 x 2  4-7,20-23    free
                      1     1  L3 2   4 x 2  8-11,24-27   free
                               L3 3   4 x 2  12-15,28-31  free
                """);
    }

    @Test
    void collapsesWhatOneOwnerHasWholeOfAThousandCpus() {
        LargeMachine machine = new LargeMachine(8, 8, 1, 8)
                .holding("big", "64-127,576-639", "8-15", "200GiB")
                .holding("db", "8-11,520-523", "1", "16GiB")
                .holding("web", "12,524", "1", "1GiB");

        assertThat(cpus(machine, WIDE)).isEqualTo("""
                PACKAGE   NODE  CACHE      CORES  CPUS              OWNER
                      0      0  L3 0       1 x 2  0,512             host (pool)
                                           7 x 2  1-7,513-519       free
                             1  L3 1       4 x 2  8-11,520-523      db
                                           1 x 2  12,524            web
                                           3 x 2  13-15,525-527     free
                           2-7  L3 2-7    48 x 2  16-63,528-575     free
                      1   8-15  L3 8-15   64 x 2  64-127,576-639    big
                      2  16-23  L3 16-23  64 x 2  128-191,640-703   free
                      3  24-31  L3 24-31  64 x 2  192-255,704-767   free
                      4  32-39  L3 32-39  64 x 2  256-319,768-831   free
                      5  40-47  L3 40-47  64 x 2  320-383,832-895   free
                      6  48-55  L3 48-55  64 x 2  384-447,896-959   free
                      7  56-63  L3 56-63  64 x 2  448-511,960-1023  free
                """);
    }

    @Test
    void collapsesWholePackagesWhereThereAreManyOwners() {
        LargeMachine machine = new LargeMachine(8, 8, 1, 8);
        for (int core = 2; core < 48; core += 2) {
            machine.holding("p" + core, core + "," + (core + 512), "0", "64MiB");
        }

        assertThat(cpus(machine, WIDE)).containsPattern("1-7 +8-63 +L3 8-63 +448 x 2 +64-511,576-1023 +free\\n$");
    }

    @Test
    void losesNoCpuHoweverItCollapses() {
        LargeMachine machine = new LargeMachine(8, 8, 1, 8).holding("db", "8-11,520-523", "1", "16GiB");
        for (int first = 20; first < 500; first += 7) {
            machine.holding("p" + first, first + "," + (first + 512), "2", "64MiB");
        }

        CpuSet shown = cpus(machine, WIDE)
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst(".* x 2 +", "").replaceFirst(" .*", ""))
                .map(CpuSet::parse)
                .reduce(CpuSet.EMPTY, CpuSet::union);

        assertThat(shown).isEqualTo(CpuSet.parse("0-1023"));
    }

    @Test
    void breaksLongListsOfCpusWithinTheWidth() {
        String odd = IntStream.range(0, 30)
                .mapToObj(each -> "" + (2 * each + 1))
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        LargeMachine machine = new LargeMachine(1, 1, 1, 64).holding("odd", odd, "0", "1GiB");

        String table = cpus(machine, 60);

        assertThat(table.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60));
        assertThat(table.lines().count()).isGreaterThan(4);
    }

    @Test
    void tellsKindsOfCoresAndCoresThatOwnersShare() {
        Topology topology = new Topology(
                List.of(
                        new Topology.Cpu(0, 0, 0, 0, 0, 0, CoreType.PERFORMANCE),
                        new Topology.Cpu(1, 0, 0, 0, 0, 0, CoreType.PERFORMANCE),
                        new Topology.Cpu(2, 0, 0, 4, 0, 0, CoreType.EFFICIENCY)),
                List.of(new Topology.Node(0, ByteSize.parse("8GiB"))));
        HostView view = new HostView(
                new LargeMachine(1, 1, 1, 2).view().host(),
                topology,
                List.of(
                        new HostView.Owner(0, "a", false),
                        new HostView.Owner(1, "b", false),
                        new HostView.Owner(2, "free", false)),
                new LargeMachine(1, 1, 1, 2).view().memory(),
                new LargeMachine(1, 1, 1, 2).view().pool());

        assertThat(new CpuTable(view, List.of(), WIDE).render(false)).isEqualTo("""
                PACKAGE  NODE  KIND         CORES  CPUS  OWNER
                      0     0  performance  1 x 2  0-1   a 0, b 1
                               efficiency       1  2     free
                """);
    }

    @Test
    void drawsABarForEachNodeAndOneForNodesThatAreFree() {
        LargeMachine machine = new LargeMachine(2, 2, 1, 8)
                .holding("db", "8-9,40-41", "1", "8GiB")
                .holding("web", "10,42", "1", "4GiB")
                .holding("wide", "16-31,48-63", "2-3", "40GiB");

        String bars = new MemoryBars(machine.view(), machine.file(), 80).render();

        assertThat(bars)
                .contains("memory    [" + "#".repeat(2) + "=".repeat(20) + ".".repeat(26) + "]")
                .contains("host 4 GiB + partitions 52 GiB + free 72 GiB = 128 GiB")
                .contains("""
                        node 0    [................................................]
                                  32 GiB, nothing of it held
                        node 1    [==================..............................]
                                  32 GiB: db 8 GiB, web 4 GiB
                        nodes 2-3 [------------------------------------------------]
                                  32 GiB each: a part of wide 40 GiB
                        """);
    }

    @Test
    void drawsNoBarForTheOnlyNode() {
        LargeMachine machine = new LargeMachine(1, 1, 1, 4).holding("db", "1,5", "0", "8GiB");

        assertThat(new MemoryBars(machine.view(), machine.file(), 80).render().lines())
                .hasSize(4);
    }

    @Test
    void writesRangesOfAnyNumbers() {
        assertThat(CpuTable.ranges(Stream.of(3, 1, 2, 9000, 2, 7))).isEqualTo("1-3,7,9000");
    }

    @Test
    void breaksTextsBehindSeparators() {
        assertThat(Wrapping.lines("aa,bb,cc", ",", 6)).containsExactly("aa,bb,", "cc");
        assertThat(Wrapping.lines("aaaaaaaa bb", " ", 4)).containsExactly("aaaaaaaa", "bb");
        assertThat(Wrapping.lines("", ",", 6)).containsExactly("");
    }

    private static String cpus(LargeMachine machine, int width) {
        return new CpuTable(machine.view(), machine.caches(), width).render(false);
    }
}
