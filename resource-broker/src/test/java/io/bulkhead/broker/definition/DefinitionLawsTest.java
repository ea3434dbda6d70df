package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;

class DefinitionLawsTest {
    private static final Schema SCHEMA = ConfigsTest.schema();

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenOfOneReadsBackAsTheSame(@ForAll("one") PartitionSpec partition) {
        String text = DefinitionWriter.write(partition);

        assertThat(DefinitionLoader.load("written", text))
                .as(text)
                .extracting(Definition::spec)
                .containsExactly(partition);
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenReadsBackAsTheSame(@ForAll("partitions") List<PartitionSpec> partitions) {
        String text = DefinitionWriter.write(partitions);

        assertThat(DefinitionLoader.load("written", text))
                .as(text)
                .extracting(Definition::spec)
                .containsExactlyElementsOf(partitions);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void partitionsDifferExactlyWhereAChangeIsTold(
            @ForAll("one") PartitionSpec one, @ForAll("one") PartitionSpec another) {
        PartitionSpec sameAgain = DefinitionLoader.load("written", DefinitionWriter.write(one))
                .get(0)
                .spec();
        PartitionSpec other = renamed(another, one.name());

        assertThat(DefinitionChange.between(one, sameAgain)).isEmpty();
        assertThat(DefinitionChange.between(one, other).isEmpty()).isEqualTo(one.equals(other));
    }

    /** A partition says no more by naming a profile than by writing out what stands there. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void aProfileGivesWhatIsNotSaid(@ForAll("partitions") List<PartitionSpec> partitions) {
        String written = DefinitionWriter.write(partitions);
        String profiles = written.replaceFirst("partitions:", "profiles:").replaceAll("(?m)^  (\\S.*):$", "  p-$1:");
        StringBuilder text = new StringBuilder(quotedNamesToProfiles(profiles)).append("partitions:\n");
        for (PartitionSpec partition : partitions) {
            text.append("  \"%s\": {from: p-%s}\n".formatted(partition.name(), partition.name()));
        }

        assertThat(
                        partitions.stream().anyMatch(each -> each.name().value().length() > 30)
                                ? DefinitionLoader.load("written", written)
                                : DefinitionLoader.load("inherited", text.toString()))
                .extracting(Definition::spec)
                .containsExactlyElementsOf(partitions);
    }

    private static String quotedNamesToProfiles(String text) {
        return text.replaceAll("(?m)^  p-\"(.*)\":$", "  p-$1:");
    }

    private static PartitionSpec renamed(PartitionSpec spec, PartitionName name) {
        return new PartitionSpec(
                name,
                spec.claim(),
                spec.init(),
                spec.autostart(),
                spec.hostOpt(),
                spec.stopTimeoutMillis(),
                spec.description(),
                spec.startOrder(),
                spec.access()
                        .map(access -> new NetworkAccess(
                                access.address(),
                                access.peers().stream()
                                        .filter(peer -> !peer.equals(name))
                                        .toList(),
                                access.publish())),
                spec.shares(),
                spec.hardening());
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenAgreesWithTheSchema(@ForAll("partitions") List<PartitionSpec> partitions) {
        String text = DefinitionWriter.write(partitions);

        assertThat(SCHEMA.validate(text, InputFormat.YAML)).as(text).isEmpty();
    }

    @Property(tries = 500)
    void anyTextIsReadOrRefusedWithFaults(@ForAll("yamlLike") String text) {
        try {
            assertThat(DefinitionLoader.load("random", text)).isNotEmpty();
        } catch (DefinitionException e) {
            assertThat(e.faults()).isNotEmpty();
        }
    }

    @Provide
    Arbitrary<String> yamlLike() {
        return Arbitraries.of(
                        "partitions:",
                        "profiles:",
                        "\n    from: a",
                        "\n  a:",
                        "\n    cpus:",
                        "\n    memory:",
                        "\n    init:",
                        " 1GiB",
                        " 0.5",
                        " {",
                        " }",
                        " [",
                        " ]",
                        ",",
                        " : ",
                        "\n",
                        "  ",
                        "- ",
                        "&a ",
                        "*a",
                        "!!int ",
                        "\"",
                        "'",
                        "\"\": x",
                        "? ",
                        "| ",
                        "\n---\n",
                        "~",
                        "a.b: ",
                        "(0): ",
                        "[@x]: ",
                        "é",
                        "\t",
                        "systemd: ",
                        "mask: ",
                        "part: ",
                        "ids: ")
                .list()
                .ofMaxSize(20)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<PartitionSpec>> partitions() {
        return specs().list().ofMinSize(1).ofMaxSize(4).uniqueElements(PartitionSpec::name);
    }

    @Provide
    Arbitrary<PartitionSpec> one() {
        return specs();
    }

    private static Arbitrary<PartitionSpec> specs() {
        Arbitrary<PartitionName> names = Arbitraries.oneOf(
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .withChars("0123456789-")
                                .ofMinLength(1)
                                .ofMaxLength(32),
                        Arbitraries.of("yes", "no", "on", "off", "y", "n", "true", "false", "null"))
                .filter(name -> name.matches("[a-z]([a-z0-9-]*[a-z0-9])?")
                        && !Set.of("host", "free", "all", "localhost").contains(name))
                .map(PartitionName::new);
        Arbitrary<Optional<String>> descriptions = texts().ofMaxLength(60)
                .filter(text -> text.length() <= 200 && text.chars().noneMatch(Character::isISOControl))
                .optional();
        Arbitrary<Optional<Integer>> starts = Arbitraries.integers()
                .between(0, 1000)
                .edgeCases(cases -> cases.add(100))
                .optional();
        Arbitrary<PartitionSpec> plain = Combinators.combine(
                        names,
                        claims(),
                        inits(),
                        starts,
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(100, 3_600_000),
                        descriptions)
                .as((name, claim, init, start, with, opt, stopTimeout, description) -> new PartitionSpec(
                        name, claim, init, with || start.isPresent(), opt, stopTimeout, description, start));
        return WallWords.addedTo(plain);
    }

    private static Arbitrary<Claim> claims() {
        return Combinators.combine(
                        cpus(),
                        Arbitraries.longs()
                                .between(4096, Long.MAX_VALUE / 4096)
                                .map(pages -> new ByteSize(pages * 4096)),
                        Arbitraries.integers().between(16, 4_194_304),
                        Combinators.combine(
                                        limits(Arbitraries.longs()
                                                .greaterOrEqual(1)
                                                .map(ByteRate::new)),
                                        limits(Arbitraries.longs()
                                                .greaterOrEqual(1)
                                                .map(ByteRate::new)),
                                        limits(Arbitraries.longs()
                                                .between(1, 0xFFFF_FFFFL)
                                                .map(OperationRate::new)),
                                        limits(Arbitraries.longs()
                                                .between(1, 0xFFFF_FFFFL)
                                                .map(OperationRate::new)))
                                .as(IoSlice::new),
                        Arbitraries.of(true, false))
                .as(Claim::new);
    }

    private static Arbitrary<CpuClaim> cpus() {
        Arbitrary<CpuClaim> parts = Arbitraries.longs()
                .between(10, 512_000)
                .edgeCases(cases -> cases.add(1000L, 1500L, 512_000L))
                .map(millis -> new CpuClaim.Part(new CpuMillis(millis)));
        Arbitrary<CpuClaim> counted = Combinators.combine(
                        Arbitraries.integers().between(1, 8192),
                        Arbitraries.of(CpuClaim.Threads.class),
                        Arbitraries.integers().between(0, 8191).optional(),
                        Arbitraries.of(true, false))
                .as((count, threads, node, isolated) ->
                        new CpuClaim.Whole(count, threads, node, Optional.empty(), isolated));
        Arbitrary<CpuClaim> named = Combinators.combine(
                        Arbitraries.integers()
                                .between(0, 8191)
                                .set()
                                .ofMinSize(1)
                                .ofMaxSize(20),
                        Arbitraries.of(CpuClaim.Threads.class),
                        Arbitraries.integers().between(0, 8191).optional())
                .as((ids, threads, node) -> new CpuClaim.Whole(ids.size(), threads, node, Optional.of(CpuSet.of(ids))));
        Arbitrary<CpuClaim> close = Combinators.combine(
                        Arbitraries.integers().between(1, 8192),
                        Arbitraries.of(true, false),
                        Arbitraries.of(CoreType.PERFORMANCE, CoreType.EFFICIENCY)
                                .optional(),
                        Arbitraries.of("nvme0n1", "eth0", "8021q.7", "null", "1e3", "12:30")
                                .optional())
                .as((count, oneCache, type, near) -> new CpuClaim.Whole(
                        count,
                        CpuClaim.Threads.WHOLE_CORE,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        oneCache,
                        type,
                        near));
        return Arbitraries.oneOf(parts, counted, named, close);
    }

    private static Arbitrary<Init> inits() {
        Arbitrary<Init> systemd = Arbitraries.of(
                        "cron.service", "apt-daily.timer", "a@b.socket", "dev-\\x2d.mount", "1.path")
                .list()
                .ofMaxSize(4)
                .map(Init.Systemd::new);
        Arbitrary<Init> services = Combinators.combine(
                        texts().ofMaxLength(20),
                        Arbitraries.oneOf(
                                        texts().ofMaxLength(40),
                                        Arbitraries.of(
                                                "yes",
                                                "12:30",
                                                "010",
                                                "",
                                                "~",
                                                "null",
                                                "1e3",
                                                "2026-01-01",
                                                "- a",
                                                "{}"))
                                .list()
                                .ofMaxSize(5),
                        Arbitraries.of(Init.Restart.class))
                .as((program, arguments, restart) -> {
                    List<String> command = new ArrayList<>(List.of("/" + program));
                    command.addAll(arguments);
                    return new Init.Service(command, restart);
                });
        return Arbitraries.oneOf(Arbitraries.just(new Init.Shell()), systemd, services);
    }

    /** Any text of Unicode characters but NUL, which a command cannot hold. */
    private static StringArbitrary texts() {
        return Arbitraries.strings()
                .withCharRange('\u0001', '\ud7ff')
                .withCharRange('\ue000', '\ufffd')
                .withChars("\n\t\"'\\$#:,[]{}&*!|>%@` é");
    }

    private static <T> Arbitrary<Limit<T>> limits(Arbitrary<T> values) {
        return values.map(Limit::of).injectNull(0.3).map(limit -> limit == null ? Limit.<T>unlimited() : limit);
    }
}
