package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Storage, network and walls, asked for and shown. */
@Timeout(30)
class WallOptionsTest {
    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer("PUT /v1/partitions/db", Samples.json(Samples.status("db", State.BOUND)));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    @Test
    void asksForStorageNetworkAndWalls() {
        CliRun.Outcome outcome =
                run(("define db --cpus 1 --memory 1GiB --storage 4GiB --volume data=10GiB:/srv/data --disk sdb --share"
                                + " /srv/a:/srv/a --share /srv/b:c:/srv/b:rw --network in=100Mbit/s,out=20Mbit/s --address"
                                + " 10.77.0.9 --peer web --peer cache --publish 8080:80 --publish 53:53/udp --deny bpf,keyctl"
                                + " --allow ptrace --drop net_raw --inotify-instances 64 --namespaces 8")
                        .split(" "));

        assertThat(outcome.err()).doesNotContain("bulkhead:");
        assertThat(outcome.code()).isZero();
        assertThat(api.requests())
                .singleElement()
                .asString()
                .contains(
                        "\"storage\":{\"ownBytes\":4294967296,\"volumes\":[{\"name\":\"data\",\"sizeBytes\":10737418240,"
                                + "\"at\":\"/srv/data\"}],\"disks\":[\"sdb\"]}",
                        "\"network\":{\"inBitsPerSecond\":100000000,\"outBitsPerSecond\":20000000}",
                        "\"access\":{\"address\":\"10.77.0.9\",\"peers\":[\"web\",\"cache\"],\"publish\":[\"8080:80\","
                                + "\"53:53/udp\"]}",
                        "\"shares\":[{\"source\":\"/srv/a\",\"at\":\"/srv/a\"},{\"source\":\"/srv/b:c\",\"at\":\"/srv/b\","
                                + "\"write\":true}]",
                        "\"hardening\":{\"deny\":[\"bpf\",\"keyctl\"],\"allow\":[\"ptrace\"],\"drop\":[\"net_raw\"],\"objects\":"
                                + "{\"inotifyInstances\":64,\"namespaces\":8}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--network | \"network\":{\"inBitsPerSecond\":\"unlimited\",\"outBitsPerSecond\":\"unlimited\"}",
                "--network in=1Gbit/s |"
                        + " \"network\":{\"inBitsPerSecond\":1000000000,\"outBitsPerSecond\":\"unlimited\"}",
                "--device eth1 | \"outBitsPerSecond\":\"unlimited\",\"device\":\"eth1\"}",
                "--publish 80:80 | \"access\":{\"publish\":[\"80:80\"]}",
            })
    void asksForANetworkInFewWords(String options, String expected) {
        CliRun.Outcome outcome = run(("define db --cpus 1 --memory 1GiB " + options).split(" "));

        assertThat(outcome.code()).isZero();
        assertThat(api.requests()).singleElement().asString().contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--storage 4GB                       | unknown unit 'GB'",
                "--volume data=10GiB                 | write it like data=10GiB:/srv/data",
                "--volume data=10GiB:/etc/x          | /etc is the system's",
                "--share /srv/a                      | write it like /srv/pictures:/srv/pictures",
                "--network in=1MiB/s                 | unknown unit 'MiB/s'",
                "--network up=1Mbit/s                | write it like in=100Mbit/s,out=20Mbit/s",
                "--network in=1Mbit/s,in=2Mbit/s     | write it like in=100Mbit/s,out=20Mbit/s",
                "--device eth1 --peer web            | go with the bridge only",
                "--peer db                           | not its own peer",
                "--publish 80                        | the host's port first",
                "--deny bpf --allow bpf              | both denied and allowed",
                "--disk /dev/sdb                     | is not the name of a disk",
            })
    void refusesWhatCannotBe(String options, String said) {
        CliRun.Outcome outcome = run(("define db --cpus 1 --memory 1GiB " + options).split(" "));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(said);
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void showsAndListsWhatAPartitionHasAndWhoItMayTalkTo() {
        PartitionSpec spec = DefinitionLoader.load("db.yaml", """
            partitions:
              db:
                cpus: 1
                memory: 1GiB
                storage: {size: 4GiB, disks: [sdb]}
                volumes: {data: {size: 10GiB, at: /srv/data}}
                shares: {/srv/a: {from: /srv/b}}
                network: {in: 100Mbit/s, peers: [web], publish: ['8080:80']}
                hardening: {deny: [bpf], objects: {namespaces: 8}}
            """).get(0).spec();
        PartitionStatus plain = Samples.status("db", State.RUNNING);
        Slice slice = plain.slice()
                .orElseThrow()
                .withStorage(spec.claim().storage().orElseThrow())
                .withNetwork(spec.claim().network().orElseThrow());
        PartitionStatus status = new PartitionStatus(
                plain.name(),
                plain.state(),
                plain.reason(),
                plain.degraded(),
                spec,
                plain.init(),
                Optional.of(slice),
                plain.promises(),
                plain.console(),
                plain.pid(),
                plain.uidRange(),
                plain.generation(),
                plain.startedAtMillis(),
                plain.isolation(),
                plain.intrusion(),
                Optional.empty(),
                Optional.of(Ipv4Address.parse("10.77.0.9")));
        api.answer("GET /v1/partitions/db", Samples.json(status));
        api.answer("GET /v1/partitions", Samples.list(status, Samples.status("web", State.BOUND)));

        assertThat(run("show", "db").out().lines().toList())
                .contains(
                        "network       bridge, in 100Mbit/s",
                        "storage       4 GiB",
                        "volume        data, 10 GiB on /srv/data",
                        "disk          sdb",
                        "share         /srv/b on /srv/a, read-only",
                        "address       10.77.0.9",
                        "peers         web",
                        "published     8080:80",
                        "denied        bpf",
                        "namespaces    at most 8 of each kind");
        assertThat(run("list").out().lines().toList())
                .containsExactly(
                        "NAME  STATE    CPUS   MEMORY  TASKS  IO          STORAGE  ADDRESS    INIT    PID  CONSOLE",
                        "db    running  1 (1)   1 GiB    512  w 20 MiB/s   14 GiB  10.77.0.9  shell  4711  2/root#7",
                        "web   bound    1 (1)   1 GiB    512  w 20 MiB/s        -  -          shell     -  2/root#7");
    }
}
