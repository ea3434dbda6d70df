package io.bulkhead.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.demo.Line.Verdict;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.PackageChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.partition.Certificate;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the scenes of the demonstration make of what they have measured. */
class ScenesTest {
    private static final PartitionName NAME = new PartitionName("db");
    private static final ByteSize SIZE = ByteSize.ofMebibytes(128);
    private static final Judge.Evidence HELD = new Judge.Evidence("as promised", Strength.CAPPED, true);

    // ---- storage

    @ParameterizedTest
    @CsvSource({"97, 28, true", "128, 28, true", "129, 28, false", "63, 28, false", "97, 0, false", "97, 5, false"})
    void aVolumeIsFullOnlyByTheKernelsWordAndNearItsSize(long mebibytes, int error, boolean held) {
        WallProbes.Filled filled = new WallProbes.Filled(ByteSize.ofMebibytes(mebibytes), error, "words");

        assertThat(StorageScene.fillLine("db", SIZE, HELD, Optional.of(filled)).held())
                .isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({
        "262144 512, 262144 512, true",
        "262144 512, 262152 512, false",
        "100 512, 100 512, false",
        "stat: no such file, stat: no such file, false"
    })
    void theHostsDiskMustBeExactlyAsBefore(String before, String after, boolean held) {
        assertThat(StorageScene.hostLine("db", SIZE, before, after).held()).isEqualTo(held);
    }

    @Test
    void theNeighbourMustHaveWrittenAllOfIt() {
        assertThat(StorageScene.besideLine("a", "b", Optional.of(new Probes.Transfer(8 << 20, 1)))
                        .held())
                .isTrue();
        assertThat(StorageScene.besideLine("a", "b", Optional.of(new Probes.Transfer(7 << 20, 1)))
                        .held())
                .isFalse();
        assertThat(StorageScene.besideLine("a", "b", Optional.empty()).held()).isFalse();
    }

    // ---- network

    @ParameterizedTest
    @CsvSource({"40, true", "44, true", "45, false", "4, true", "3, false"})
    void aRateIsABoundAndIsGivenToo(long megabits, boolean held) {
        Probes.Transfer transfer = new Probes.Transfer(megabits * 1_000_000 / 8, 1_000_000);

        assertThat(NetworkScene.isHeldTo(Limit.of(BitRate.parse("40Mbit/s")), transfer))
                .isEqualTo(held);
    }

    @Test
    void closedMeansThatTheHostGetsAnAnswerAndTheNeighbourNone() {
        WallProbes.Reached answer = new WallProbes.Reached(200, "none", "{\"hostname\":\"db\"}");
        WallProbes.Reached timeout = new WallProbes.Reached(0, "connect: timeout", "");

        assertThat(NetworkScene.closedLine("a", "db", answer, timeout).held()).isTrue();
        assertThat(NetworkScene.closedLine("a", "db", answer, answer).held()).isFalse();
        assertThat(NetworkScene.closedLine("a", "db", timeout, timeout).held()).isFalse();
        assertThat(NetworkScene.closedLine("a", "db", answer, WallProbes.reached("perl: not found"))
                        .held())
                .isFalse();
    }

    @Test
    void openAndPublishedMeanAnAnswerOfThatVeryPartition() {
        WallProbes.Reached right = new WallProbes.Reached(200, "none", "{\"hostname\":\"db\"}");
        WallProbes.Reached other = new WallProbes.Reached(200, "none", "{\"hostname\":\"web\"}");

        assertThat(NetworkScene.openLine("a", "db", right).held()).isTrue();
        assertThat(NetworkScene.openLine("a", "db", other).held()).isFalse();
        assertThat(NetworkScene.publishedLine("db", 80, right).held()).isTrue();
        assertThat(NetworkScene.publishedLine("db", 80, other).held()).isFalse();
    }

    @Test
    void findsTheFirewallThatDropsWhatIsPassedOn() {
        String chains = """
                table ip bulkhead-demo {
                	chain forward {
                		type filter hook forward priority filter; policy accept;
                	}
                }
                table ip filter {
                	chain FORWARD {
                		type filter hook forward priority filter; policy drop;
                	}
                }
                """;

        assertThat(ForwardPolicy.thatDrops(chains)).contains("table ip filter, chain FORWARD");
        assertThat(ForwardPolicy.thatDrops(chains.replace("policy drop", "policy accept")))
                .isEmpty();
    }

    @Test
    void takesAddressesThatTheHostHasNoWayTo() {
        String head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
        String defaultRoute = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
        String of77 = "br0\t004DD50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
        String inside78 = "br1\t104ED50A\t00000000\t0001\t0\t0\t0\tF0FFFFFF\t0\t0\t0\n";

        assertThat(Stage.freeSubnet(head + defaultRoute)).isEqualTo("10.213.77.0/28");
        assertThat(Stage.freeSubnet(head + defaultRoute + of77)).isEqualTo("10.213.78.0/28");
        assertThat(Stage.freeSubnet(head + of77 + inside78)).isEqualTo("10.213.79.0/28");
    }

    // ---- views

    @Test
    void aViewIsExactlyTheSliceAndIsLeftOutWhereItIsNotPromised() {
        Line line = ViewsScene.line(NAME, "nproc", "1", "2", "1");
        Promise clocks = new Promise(
                Resource.VIEWS, "clocks", "clocks", Strength.CAPPED, true, "-", Optional.of("no lxcfs here"));

        assertThat(line.held()).isTrue();
        assertThat(ViewsScene.line(NAME, "nproc", "1", "2", "2").held()).isFalse();
        assertThat(ViewsScene.file(Optional.of(clocks), "clocks", line)).isEqualTo(line);
        assertThat(ViewsScene.file(Optional.of(clocks), "lxcfs", line).verdict())
                .isEqualTo(Verdict.NOT_HERE);
        assertThat(ViewsScene.file(Optional.of(clocks), "lxcfs", line).measured())
                .isEqualTo("no lxcfs here");
    }

    @ParameterizedTest
    @CsvSource({"3, true", "10, true", "11, false", "'', false", "host's, false"})
    void aPartitionIsNotOlderThanItsBoot(String uptime, boolean held) {
        assertThat(ViewsScene.uptime(NAME, 10, "5000", uptime).held()).isEqualTo(held);
    }

    // ---- escapes

    @ParameterizedTest
    @CsvSource({
        "1, mknod: /tmp/d: Operation not permitted, true",
        "32, mount: /proc/sys: permission denied., true",
        "3, No such process, true",
        "0, Operation not permitted, false",
        "127, env: mknod: No such file or directory, false",
        "1, '', false"
    })
    void anEscapeFailsByTheKernelsWordOnly(int status, String error, boolean held) {
        assertThat(EscapeScene.line("try", new Inside.Result(status, "", error)).held())
                .isEqualTo(held);
    }

    @Test
    void findsTheKernelsWordBeforeWhatAProgramAdds() {
        String error = "mount: /proc/sys: permission denied.\n       dmesg(1) may have more information.\n";

        assertThat(EscapeScene.line("try", new Inside.Result(32, "", error)).kernel())
                .isEqualTo("Permission denied");
    }

    // ---- generation, drift, certificate

    private static PartitionDifferences differences(FileChange... own) {
        return new PartitionDifferences(
                NAME,
                "g-1",
                "g-1",
                FileChanges.of(List.of(own)),
                false,
                FileChanges.NONE,
                new PackageChanges(List.of(), 0),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void exactlyTheFileThatItMadeMayHaveCome() {
        FileChange log = new FileChange("var/log/wtmp", FileChange.Kind.MODIFIED, List.of(FileChange.Aspect.CONTENT));
        FileChange note = new FileChange("etc/bulkhead-demo-note", FileChange.Kind.ADDED, List.of());

        assertThat(GenerationScene.ownLine("db", differences(log), differences(log, note), false)
                        .held())
                .isTrue();
        assertThat(GenerationScene.ownLine("db", differences(log), differences(log, note), true)
                        .held())
                .isFalse();
        assertThat(GenerationScene.ownLine("db", differences(), differences(log), false)
                        .held())
                .isFalse();
        assertThat(GenerationScene.ownLine("db", differences(), differences(), false)
                        .held())
                .isFalse();
    }

    @Test
    void driftIsToldInTimeOrDoesNotHold() {
        Event event = new Event.PartitionDegraded(NAME, List.of("tasks: /sys/x/pids.max says 128, promised 64"));
        Path file = Path.of("/sys/x/pids.max");

        Line inTime = DriftScene.toldLine("db", file, Optional.of(new EventRecord(1, 3000, event)), 1000);
        Line late = DriftScene.toldLine("db", file, Optional.of(new EventRecord(1, 3001, event)), 1000);

        assertThat(inTime.held()).isTrue();
        assertThat(inTime.kernel()).isEqualTo("tasks: pids.max says 128, promised 64");
        assertThat(late.held()).isFalse();
        assertThat(DriftScene.toldLine("db", file, Optional.empty(), 1000).held())
                .isFalse();
        assertThat(DriftScene.repairedLine("db", "64", true, true, true).held()).isTrue();
        assertThat(DriftScene.repairedLine("db", "64", false, false, true).held())
                .isFalse();
        assertThat(DriftScene.repairedLine("db", "128", false, true, false).held())
                .isFalse();
    }

    @Test
    void aCertificateIsCountedByItsStrengths() {
        Promise tasks = new Promise(Resource.TASKS, "64", "64", Strength.CAPPED, true, "pids.max", Optional.empty());
        Promise storage = new Promise(
                Resource.STORAGE, "1GiB", "no file", Strength.GUARANTEED, false, "-", Optional.of("it is gone"));

        Line good = Certified.line(new Certificate(NAME, 1, true, List.of(tasks, tasks)));
        Line bad = Certified.line(new Certificate(NAME, 1, false, List.of(tasks, storage)));

        assertThat(good.held()).isTrue();
        assertThat(good.measured()).isEqualTo("2 capped");
        assertThat(bad.held()).isFalse();
        assertThat(bad.kernel()).isEqualTo("1 read back as promised, not: storage");
        assertThat(Certified.line(new Certificate(NAME, 1, true, List.of())).held())
                .isFalse();
    }

    // ---- the page

    @Test
    void thePageFitsItsWidthAndCountsWhatCannotBeShown() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Report report = new Report(new PrintStream(out, true, StandardCharsets.UTF_8), false, 80);

        report.say("  " + "word ".repeat(40));
        report.lines(List.of(
                new Line("db storage", "1GiB", "1GiB", "many words ".repeat(12), true),
                Line.notHere("db network", "a place", "this host lacks nft")));
        report.verdict();

        assertThat(out.toString(StandardCharsets.UTF_8).lines()).allMatch(line -> line.length() <= 80);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("1 of 2 lines hold", "not to be shown on this host: db network");
        assertThat(report.allHeld()).isTrue();

        report.line(new Line("db tasks", "64", "128", "-", false));

        assertThat(report.allHeld()).isFalse();
    }

    // ---- the loads themselves, on this host

    @Test
    void theLoadsRunWithPerlAlone() throws Exception {
        String filled = HostCommand.run(WallProbes.fill("/dev/full", ByteSize.ofMebibytes(1)))
                .out();
        String received = HostCommand.run(WallProbes.reach("127.0.0.1", 1, 1)).out();

        assertThat(WallProbes.filled(filled))
                .contains(new WallProbes.Filled(ByteSize.ZERO, StorageScene.ENOSPC, "No space left on device"));
        assertThat(WallProbes.reached(received).status()).isZero();
        assertThat(WallProbes.reached(received).error()).contains("refused");
        assertThat(WallProbes.received("received_bytes=5000000 micros=1000000\n"))
                .contains(new Probes.Transfer(5_000_000, 1_000_000));
    }

    @Test
    void eachPartOfADefinitionCanBeLeftOut() {
        PartitionSpec plain = Samples.spec("critical");
        PartitionSpec whole = Part.with(
                        plain, plain.claim().withStorage(StorageSlice.of(SIZE)).withNetwork(NetworkSlice.UNLIMITED))
                .with(
                        Optional.of(new NetworkAccess(
                                Optional.empty(), List.of(NAME), List.of(PublishedPort.parse("80:80")))),
                        List.of(),
                        Optional.empty());

        for (Part part : Part.values()) {
            assertThat(part.isIn(whole)).isTrue();
            assertThat(part.isIn(part.outOf(whole))).isFalse();
            assertThat(part.isIn(plain)).isFalse();
        }
        assertThat(Part.STORAGE.outOf(Part.NETWORK.outOf(whole))).isEqualTo(plain);
        assertThat(Part.PORTS.outOf(whole).access().orElseThrow().peers()).containsExactly(NAME);
    }
}
