package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles: what they give, what is merged how, and what is wrong with them. */
class InheritanceTest {
    @TempDir
    private Path directory;

    private Path profiles;

    @BeforeEach
    void makeProfiles() throws IOException {
        profiles = Files.createDirectory(directory.resolve("profiles"));
        Files.writeString(profiles.resolve("sizes.yaml"), """
                profiles:
                  small:
                    cpus: {count: 2, node: 1}
                    memory: 64MiB
                    io: {read: 10MiB/s, write: 5MiB/s}
                    init: {service: [/bin/a, b], restart: never}
                  large:
                    from: small
                    memory: 4GiB
                    io: {write: null}
                """);
    }

    private PartitionSpec spec(String text) {
        return load(text).get(0).spec();
    }

    private List<Definition> load(String text) {
        return DefinitionLoader.load("a.yaml", text, Optional.of(profiles)).definitions();
    }

    private List<Fault> faults(String text) {
        return catchThrowableOfType(DefinitionException.class, () -> load(text)).faults();
    }

    @Test
    void givesWhatIsNotSaid() {
        PartitionSpec spec = spec("partitions: {web: {from: small}}");

        assertThat(spec.claim().memory()).isEqualTo(ByteSize.ofMebibytes(64));
        assertThat(spec.claim().cpus())
                .isEqualTo(new CpuClaim.Whole(2, CpuClaim.Threads.WHOLE_CORE, Optional.of(1), Optional.empty()));
        assertThat(spec.init()).isEqualTo(new Init.Service(List.of("/bin/a", "b"), Init.Restart.NEVER));
    }

    @Test
    void mergesBlocksAndReplacesListsAndValues() {
        PartitionSpec spec = spec("""
                partitions:
                  web:
                    from: small
                    memory: 1GiB
                    cpus: {node: 0}
                    init: {service: [/bin/c]}
                """);

        assertThat(spec.claim().memory()).isEqualTo(ByteSize.parse("1GiB"));
        assertThat(spec.claim().cpus())
                .isEqualTo(new CpuClaim.Whole(2, CpuClaim.Threads.WHOLE_CORE, Optional.of(0), Optional.empty()));
        assertThat(spec.init()).isEqualTo(new Init.Service(List.of("/bin/c"), Init.Restart.NEVER));
    }

    @Test
    void aPlainValueTakesThePlaceOfABlockAndABlockThatOfAPlainValue() {
        assertThat(spec("partitions: {web: {from: small, cpus: 0.5}}").claim().cpus())
                .isEqualTo(new CpuClaim.Part(new CpuMillis(500)));
        assertThat(spec("""
                        profiles: {own: {cpus: 4, memory: 1GiB}}
                        partitions: {web: {from: own, cpus: {part: 1}}}
                        """).claim().cpus()).isEqualTo(new CpuClaim.Part(CpuMillis.ONE));
    }

    @Test
    void nullTakesAwayWhatTheProfileSays() {
        assertThat(spec("partitions: {web: {from: small, io: null}}").claim().io())
                .isEqualTo(IoSlice.UNLIMITED);
        assertThat(spec("partitions: {web: {from: small, io: {read: null, write: null}}}")
                        .claim()
                        .io())
                .isEqualTo(IoSlice.UNLIMITED);
        assertThat(spec("partitions: {web: {from: large}}").claim().io())
                .isEqualTo(new IoSlice(
                        Limit.of(new ByteRate(10L << 20)), Limit.unlimited(), Limit.unlimited(), Limit.unlimited()));
        assertThat(faults("partitions: {web: {from: small, memory: null}}"))
                .singleElement()
                .asString()
                .startsWith("a.yaml:1:19: partitions.web.memory: is missing");
    }

    @Test
    void onlyTheWordItselfTakesAway() {
        assertThat(faults("partitions:\n  web:\n    from: small\n    io:\n    memory: ~\n"))
                .extracting(Fault::toString)
                .allMatch(text -> text.contains("has no value"))
                .hasSize(2);
    }

    @Test
    void itsOwnProfilesComeBeforeThoseOfTheDirectory() {
        PartitionSpec spec = spec("""
                profiles:
                  small: {cpus: 0.25, memory: 32MiB}
                  tiny: {from: large, memory: 16MiB}
                partitions:
                  web: {from: small}
                  old: {from: tiny}
                """);

        assertThat(spec.claim().memory()).isEqualTo(ByteSize.ofMebibytes(32));
    }

    @Test
    void whatTheManagerGetsSaysNothingOfProfiles() {
        PartitionSpec inherited = spec("partitions: {web: {from: small, memory: 1GiB}}");

        assertThat(DefinitionLoader.load("b.yaml", DefinitionWriter.write(inherited)))
                .extracting(Definition::spec)
                .containsExactly(inherited);
        assertThat(DefinitionWriter.write(inherited)).doesNotContain("from", "small");
    }

    @Test
    void guessesAProfileThatIsNotThere() {
        assertThat(faults("partitions: {web: {from: smal}}"))
                .singleElement()
                .hasToString("a.yaml:1:26: partitions.web.from: there is no profile 'smal'; did you mean small?"
                        + " (there are large, small)");
    }

    @Test
    void tellsACircleOnce() {
        assertThat(faults("""
                profiles:
                  c: {from: a}
                  b: {from: c}
                  a: {from: b, memory: 1GiB}
                partitions:
                  web: {from: b, cpus: 1}
                  db: {from: a, cpus: 1}
                """))
                .singleElement()
                .hasToString("a.yaml:4:13: profiles.a.from: a profile cannot take from itself: a from b from c from a");
    }

    @Test
    void looksAtEveryValueEvenWhereTheProfileIsNotThere() {
        assertThat(faults("partitions: {web: {from: none, tasks: 3, memry: 1GiB}}"))
                .extracting(Fault::key)
                .containsExactly("partitions.web.from", "partitions.web.tasks", "partitions.web.memry");
    }

    @Test
    void tellsAFaultOfASharedProfileOnceAtItsPlace() throws IOException {
        Path broken =
                Files.writeString(profiles.resolve("broken.yaml"), "profiles:\n  broken: {cpus: 1, memory: 1GB}\n");

        List<Fault> faults = faults("partitions: {web: {from: broken}, db: {from: broken}}");

        assertThat(faults)
                .singleElement()
                .asString()
                .startsWith(broken + ":2:29: profiles.broken.memory: '1GB' has the unknown unit");
    }

    @Test
    void brokenProfilesAreNoTroubleOfThoseWhoUseNone() throws IOException {
        Files.writeString(profiles.resolve("broken.yaml"), "profiles: [\n");

        assertThat(load("partitions: {web: {cpus: 1, memory: 1GiB}}")).hasSize(1);
        assertThat(faults("partitions: {web: {from: small}}")).isNotEmpty();
    }

    @Test
    void filesOfProfilesHoldNothingElse() throws IOException {
        Files.writeString(profiles.resolve("odd.yaml"), """
                profiles:
                  small: {cpus: 1, memory: 1GiB}
                partitions:
                  web: {cpus: 1, memory: 1GiB}
                """);

        assertThat(faults("partitions: {web: {from: small}}"))
                .extracting(Fault::problem)
                .containsExactlyInAnyOrder(
                        "partitions stand in files of their own, not among the profiles",
                        "is defined twice, first at " + profiles.resolve("odd.yaml") + ":2:3");
    }

    @Test
    void refusesWhatIsNotTheNameOfOneProfile() {
        assertThat(faults("partitions: {web: {from: [small, large]}}").get(0).problem())
                .isEqualTo("names one profile, it cannot be a list");
        assertThat(faults("partitions: {web: {from: 5, cpus: 1, memory: 1GiB}}")
                        .get(0)
                        .problem())
                .contains("in quotes");
        assertThat(faults("profiles: {A: {memory: 1GiB}}\npartitions: {web: {cpus: 1, memory: 1GiB}}"))
                .singleElement()
                .asString()
                .contains("'A' is not a profile's name");
    }

    @Test
    void readsSeveralFilesAndTellsEveryFaultOfEach() throws IOException {
        Path one = Files.writeString(directory.resolve("one.yaml"), "partitions: {a: {cpus: 1, memory: 1GB}}\n");
        Path two = Files.writeString(
                directory.resolve("two.yaml"), "partitions: {a: {from: small}, b: {from: smal, tasks: many}}\n");

        DefinitionException refused = catchThrowableOfType(
                DefinitionException.class, () -> DefinitionLoader.loadAll(List.of(one, two), Optional.of(profiles)));

        assertThat(refused.faults())
                .extracting(fault -> fault.place().source() + " " + fault.key())
                .containsExactly(
                        one + " partitions.a.memory",
                        two + " partitions.a",
                        two + " partitions.b.from",
                        two + " partitions.b.tasks");
    }

    @Test
    void explainsWhichLayerSaidWhat() throws IOException {
        Path file = Files.writeString(directory.resolve("web.yaml"), """
                partitions:
                  web:
                    from: large
                    memory: 1GiB
                    cpus: 0.5
                    io: {readOps: 500/s}
                """);
        List<DefinitionExplanation> all =
                DefinitionLoader.explain(file, Optional.of(profiles), new PartitionName("web"));
        Path sizes = profiles.resolve("sizes.yaml");

        assertThat(explanation(all, "memory")).hasToString("""
                web.memory = 1GiB
                  from:    definition, %s:4:13 (default: required)
                  over:    4GiB of profile large, %s:9:13
                  over:    64MiB of profile small, %s:4:13
                  allowed: a size from 16MiB in whole pages of 4KiB, like 1GiB
                  RAM, all of it reserved.""".formatted(file, sizes, sizes));
        assertThat(explanation(all, "io.read").from()).isEqualTo("profile small, " + sizes + ":5:16");
        assertThat(explanation(all, "io.write").value()).isEmpty();
        assertThat(explanation(all, "io.write").from()).isEqualTo("profile large, " + sizes + ":10:17");
        assertThat(explanation(all, "io").value()).contains("{read: 10MiB/s, readOps: 500/s}");
        assertThat(explanation(all, "cpus.node").value()).isEmpty();
        assertThat(explanation(all, "cpus.node").from()).isEqualTo("definition, " + file + ":5:11");
        assertThat(explanation(all, "tasks").from()).isEqualTo("default");
        assertThat(explanation(all, "from").value()).contains("large");
        assertThat(all).extracting(DefinitionExplanation::key)
                .containsExactlyElementsOf(DefinitionKey.ALL.stream()
                        .filter(key -> key.placeholder().isEmpty())
                        .toList());
        assertThatThrownBy(() -> DefinitionLoader.explain(file, Optional.of(profiles), new PartitionName("wep")))
                .hasMessageContaining("did you mean web?");
    }

    @Test
    void mergesVolumesAndSharesByTheirNamesAndPlaces() throws IOException {
        Files.writeString(profiles.resolve("stores.yaml"), """
                profiles:
                  store:
                    from: small
                    storage: {size: 1GiB, disks: [sdb]}
                    volumes:
                      data: {size: 1GiB, at: /srv/data}
                      logs: {size: 2GiB, at: /var/lib/logs}
                    shares:
                      /srv/a.b: {from: /srv/a}
                      /srv/c: {from: /srv/c}
                    network: {in: 10Mbit/s, peers: [db]}
                """);
        String text = """
                partitions:
                  web:
                    from: store
                    storage: {disks: null}
                    volumes: {data: {size: 4GiB}, logs: null}
                    shares: {/srv/a.b: {write: true}, /srv/c: null}
                    network: {out: 1Mbit/s, peers: [cache]}
                """;
        PartitionSpec spec = spec(text);
        Path file = Files.writeString(directory.resolve("web.yaml"), text);
        List<DefinitionExplanation> all =
                DefinitionLoader.explain(file, Optional.of(profiles), new PartitionName("web"));

        assertThat(DefinitionWriter.values(spec))
                .containsEntry("storage.size", "1GiB")
                .containsEntry("storage.disks", "none")
                .containsEntry("volumes", "{data: {size: 4GiB, at: /srv/data}}")
                .containsEntry("shares", "{/srv/a.b: {from: /srv/a, write: true}}")
                .containsEntry("network.in", "10Mbit/s")
                .containsEntry("network.out", "1Mbit/s")
                .containsEntry("network.peers", "[\"cache\"]");
        assertThat(spec("partitions: {web: {from: store, volumes: null, storage: null, network: bridge}}"))
                .satisfies(plain -> assertThat(plain.claim().storage()).isEmpty())
                .satisfies(plain -> assertThat(plain.access()).isEmpty());
        assertThat(explanation(all, "volumes.data.size").value()).contains("4GiB");
        assertThat(explanation(all, "volumes.data.at").from()).startsWith("profile store, ");
        assertThat(explanation(all, "shares./srv/a.b.from").value()).contains("/srv/a");
        assertThat(DefinitionKey.of("volumes.NAME.at").isMeantBy("volumes.data.at")).isTrue();
        assertThat(explanation(all, "volumes.logs.size").key().isMeantBy("volumes.NAME.size")).isTrue();
        assertThat(DefinitionKey.of("volumes.NAME.at").isMeantBy("volumes.at")).isFalse();
    }

    @Test
    void explainsNoPassword() throws IOException {
        String hash = "$6$saltsalt$" + "a./Z9".repeat(17) + "x";
        Path file = Files.writeString(
                directory.resolve("web.yaml"), "partitions: {web: {from: small, rootPassword: '" + hash + "'}}\n");

        assertThat(DefinitionLoader.explain(file, Optional.of(profiles), new PartitionName("web"))
                        .toString())
                .doesNotContain(hash)
                .contains("a hash, not shown");
    }

    private static DefinitionExplanation explanation(List<DefinitionExplanation> all, String path) {
        return all.stream()
                .filter(each -> each.key().path().equals(path))
                .findFirst()
                .orElseThrow();
    }
}
