package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PublishedPort;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionLoaderTest {
    /** As long as the hash that {@code openssl passwd -6} prints. */
    private static final String HASH = "$6$saltsalt$" + "a./Z9".repeat(17) + "x";

    @TempDir
    private Path directory;

    @Test
    void readsEveryKey() {
        String text = """
            partitions:
              db:
                description: "the database: primary"
                cpus: {count: 2, node: 0, threads: any, ids: 2-3, isolated: true}
                memory: 1.5GiB
                oomGroup: true
                tasks: 256
                io: {read: 50MiB/s, write: unlimited, readOps: 500/s}
                init: {service: [/usr/bin/db, --port, '6379', "${HOME}", "a,b"], restart: on-failure}
                autostart: true
                opt: true
                stopTimeout: 2min
                rootPassword: '%s'
            """.formatted(HASH);

        List<Definition> definitions = DefinitionLoader.load("a.yaml", text);

        PartitionSpec expected = new PartitionSpec(
                new PartitionName("db"),
                new Claim(
                        new CpuClaim.Whole(2, CpuClaim.Threads.ANY, Optional.of(0), Optional.of(CpuSet.of(2, 3)), true),
                        ByteSize.ofMebibytes(1536),
                        256,
                        new IoSlice(
                                Limit.of(new ByteRate(50L << 20)),
                                Limit.unlimited(),
                                Limit.of(new OperationRate(500)),
                                Limit.unlimited()),
                        true),
                new Init.Service(List.of("/usr/bin/db", "--port", "6379", "${HOME}", "a,b"), Init.Restart.ON_FAILURE),
                true,
                true,
                120_000,
                Optional.of("the database: primary"));
        assertThat(definitions).containsExactly(new Definition(expected, Optional.of(HASH), Place.of("a.yaml", 2, 3)));
    }

    @Test
    void readsWhereCpusAreToBe() {
        List<Definition> definitions = DefinitionLoader.load("a.yaml", """
            partitions:
              db:
                cpus: {count: 4, cache: one, type: performance, near: nvme0n1}
                memory: 1GiB
            """);

        assertThat(definitions.get(0).spec().claim().cpus())
                .isEqualTo(CpuClaim.Whole.of(4)
                        .inOneCache()
                        .ofType(CoreType.PERFORMANCE)
                        .near("nvme0n1"));
    }

    @Test
    void readsStorageNetworkAndWalls() {
        PartitionSpec spec = DefinitionLoader.load("a.yaml", """
            partitions:
              db:
                cpus: 1
                memory: 1GiB
                storage: {size: 4GiB, disks: [sdb]}
                volumes:
                  data: {size: 10GiB, at: /srv/data}
                  "no": {size: 16MiB, at: /var/lib/a.b}
                shares:
                  /srv/assets: {from: /srv/my assets}
                  /home/a.b: {from: /home, write: true}
                network: {in: 100Mbit/s, out: 20Mbit/s, address: 10.77.0.9, peers: [web], publish: ['8080:80', 53:53/udp]}
                hardening: {deny: [bpf], drop: [net_raw], objects: {inotifyInstances: 64}}
            """).get(0).spec();

        assertThat(spec.claim().storage())
                .contains(new StorageSlice(
                        Optional.of(ByteSize.parse("4GiB")),
                        List.of(
                                new Volume(
                                        new PartitionName("data"),
                                        ByteSize.parse("10GiB"),
                                        new InsidePath("/srv/data")),
                                new Volume(
                                        new PartitionName("no"),
                                        ByteSize.parse("16MiB"),
                                        new InsidePath("/var/lib/a.b"))),
                        List.of("sdb")));
        assertThat(spec.shares())
                .containsExactly(
                        new Share("/srv/my assets", new InsidePath("/srv/assets"), false),
                        new Share("/home", new InsidePath("/home/a.b"), true));
        assertThat(spec.claim().network())
                .contains(new NetworkSlice(
                        Limit.of(new BitRate(100_000_000)), Limit.of(new BitRate(20_000_000)), Optional.empty()));
        assertThat(spec.access())
                .contains(new NetworkAccess(
                        Optional.of(Ipv4Address.parse("10.77.0.9")),
                        List.of(new PartitionName("web")),
                        List.of(PublishedPort.parse("8080:80"), PublishedPort.parse("53:53/udp"))));
        assertThat(spec.hardening())
                .contains(new Hardening(
                        List.of("bpf"),
                        List.of(),
                        List.of("net_raw"),
                        Optional.of(
                                new Hardening.KernelObjects(Optional.of(64L), Optional.empty(), Optional.empty()))));
    }

    @Test
    void readsTheShortFormsOfStorageAndNetwork() {
        Claim claim = DefinitionLoader.load("a.yaml", """
            partitions:
              db: {cpus: 1, memory: 1GiB, storage: 4GiB, network: bridge}
            """).get(0).spec().claim();

        assertThat(claim.storage()).contains(StorageSlice.of(ByteSize.parse("4GiB")));
        assertThat(claim.network()).contains(NetworkSlice.UNLIMITED);
    }

    @Test
    void fillsInDefaultsAndKeepsTheOrderOfTheFile() {
        List<Definition> definitions = DefinitionLoader.load("a.yaml", """
            partitions:
              web:
                cpus: 1
                memory: 16MiB
              batch:
                cpus: 0.25
                memory: 64MiB
            """);

        assertThat(definitions).extracting(each -> each.spec().name().value()).containsExactly("web", "batch");
        PartitionSpec spec = definitions.get(0).spec();
        assertThat(spec.claim())
                .isEqualTo(new Claim(CpuClaim.Whole.of(1), ByteSize.ofMebibytes(16), 512, IoSlice.UNLIMITED));
        assertThat(spec.init()).isEqualTo(new Init.Shell());
        assertThat(spec.autostart()).isFalse();
        assertThat(spec.hostOpt()).isFalse();
        assertThat(spec.stopTimeoutMillis()).isEqualTo(10_000);
        assertThat(spec.description()).isEmpty();
        assertThat(definitions.get(0).rootPasswordHash()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cpus: 3                          | 3",
                "cpus: 0.1                        | 0.1",
                "cpus: 0.333                      | 0.333",
                "cpus: 1.50                       | 1.5",
                "cpus: {part: 1}                  | 1",
                "cpus: {part: 0.7}                | 0.7",
                "cpus: {count: 4}                 | 4",
                "cpus: {ids: '4,6-7'}             | 3 (ids 4,6-7)",
                "cpus: {count: 2, node: 1}        | 2 on node 1",
                "cpus: {count: 2, threads: any}   | 2, any threads",
                "cpus: {count: 2, isolated: true} | 2, isolated",
                "cpus: {count: 2, isolated: false}| 2",
            })
    void readsCpusExactly(String line, String expected) {
        CpuClaim claim = claimOf(line);

        assertThat(claim).hasToString(expected);
        assertThat(claim instanceof CpuClaim.Part)
                .as("a part of a CPU")
                .isEqualTo(line.contains("part") || line.matches("cpus: \\d+\\.\\d+ *"));
    }

    @Test
    void tellsOneWholeCpuFromTheTimeOfOneCpu() {
        assertThat(claimOf("cpus: 1")).isEqualTo(CpuClaim.Whole.of(1));
        assertThat(claimOf("cpus: {part: 1}")).isEqualTo(new CpuClaim.Part(CpuMillis.ONE));
        assertThat(faultsOf("cpus: 1.0")).singleElement().asString().contains("write 1 for whole CPUs, {part: 1}");
    }

    @Test
    void reportsEveryFaultAtOnceWithItsPlace() {
        String text = """
            partitons: {}
            partitions:
              Web:
                cpus: 1
              db:
                memroy: 1GiB
                memory: 12:30
                cpus: 2
                cpus: 3
                tasks: 010
                autostart: yes
                storage: 4GB
                io: {read: 50MiB, writes: 1MiB/s}
                init: {service: [], restart: sometimes}
              cache: 5
            """;

        assertThat(faults(text))
                .extracting(Fault::toString)
                .containsExactly(
                        "a.yaml:1:1: partitons: there is no such key; did you mean partitions? (there are profiles,"
                                + " partitions)",
                        "a.yaml:3:3: partitions: 'Web' is not a partition name; use 1 to 32 of a-z, 0-9 and -, starting"
                                + " with a letter and not ending in -",
                        "a.yaml:6:5: partitions.db.memroy: there is no such key; did you mean memory? (there are"
                                + " from, description, cpus, memory, oomGroup, tasks, io, storage, volumes, shares,"
                                + " network, console, init, autostart, opt, hardening, stopTimeout, rootPassword)",
                        "a.yaml:7:13: partitions.db.memory: '12:30' is not a size; write it like 512MiB; allowed: a"
                                + " size from 16MiB in whole pages of 4KiB, like 1GiB",
                        "a.yaml:9:5: partitions.db.cpus: stands twice, first in line 8",
                        "a.yaml:10:12: partitions.db.tasks: '010' is not a plain whole number; allowed: a whole number"
                                + " from 16 to 4194304",
                        "a.yaml:11:16: partitions.db.autostart: 'yes' is neither true nor false; allowed: true, false"
                                + " or a block with order",
                        "a.yaml:12:14: partitions.db.storage: '4GB' has the unknown unit 'GB'; use one of B, KiB, MiB,"
                                + " GiB, TiB, PiB, like 512MiB; allowed: a size from 16MiB in whole MiB like 4GiB, or a"
                                + " block with size, disks",
                        "a.yaml:13:16: partitions.db.io.read: '50MiB' is not a rate; write it like 50MiB/s; allowed: a"
                                + " rate like 50MiB/s, or unlimited",
                        "a.yaml:13:23: partitions.db.io.writes: there is no such key; did you mean write? (there are"
                                + " read, write, readOps, writeOps)",
                        "a.yaml:14:21: partitions.db.init.service: cannot be an empty list; allowed: a list: the"
                                + " program's absolute path, then its arguments",
                        "a.yaml:14:34: partitions.db.init.restart: there is no 'sometimes' here; allowed: always,"
                                + " on-failure or never",
                        "a.yaml:15:10: partitions.cache: needs a block of keys like cpus and memory, not one value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what the stock reader loses or bends
                "memory: 512                                 | has no unit",
                "memory: 1GB                                 | unknown unit 'GB'",
                "memory: [1GiB]                              | cannot be a list",
                "memory: {}                                  | cannot be an empty {}",
                "memory:                                     | has no value",
                "memory: ~                                   | has no value",
                "memory: 15MiB                               | at least 16MiB",
                "memory: 16777217B                           | whole pages",
                "memory: !size 1GiB                          | tags (!) are not allowed",
                "cpus: !!int '1'                             | tags (!) are not allowed",
                "memory: &m 1GiB                             | anchors and aliases",
                "cpus: []                                    | cannot be an empty list",
                "cpus: '1'                                   | without them",
                "cpus: 0                                     | is not a number of CPUs",
                "cpus: 1e1                                   | is not a number of CPUs",
                "cpus: .5                                    | is not a number of CPUs",
                "cpus: 0.0001                                | is not a number of CPUs",
                "cpus: 0.001                                 | must be 0.01 to 512",
                "cpus: 1_000                                 | is not a number of CPUs",
                "cpus: {count: 2, ids: '1'}                  | leave count out or make them agree",
                "cpus: {node: 1}                             | needs count or ids",
                "cpus: {part: 0.5, node: 1}                  | cannot stand beside part",
                "cpus: {part: 0.5, isolated: true}           | cannot stand beside part",
                "cpus: {count: 2, isolated: yes}             | true or false",
                "oomGroup: 1                                 | true or false",
                "cpus: {count: 2, threads: both}             | whole-core or any",
                "cpus: {ids: 2,3}                            | a list with a comma stands in quotes",
                "cpus: {ids: ''}                             | names no CPU",
                "tasks: 0x100                                | not a plain whole number",
                "tasks: 256.0                                | not a plain whole number",
                "tasks: '256'                                | without them",
                "tasks: 15                                   | 16 to 4194304",
                "tasks: 99999999999                          | not a plain whole number",
                "description: 12:30                          | takes this for a number; write it in quotes",
                "description: yes                            | takes this for true or false; write it in quotes",
                "description: 2026-01-01                     | takes this for a date; write it in quotes",
                "description: \"a\\nb\"                      | one line of at most 200",
                "autostart: True                             | neither true nor false",
                "autostart: 'true'                           | without them",
                "autostart: {}                               | cannot be an empty {}",
                "autostart: {order: 1001}                    | 0 to 1000",
                "autostart: {order: -1}                      | not a plain whole number",
                "autostart: {after: [db]}                    | there is no such key",
                "autostart: [web]                            | cannot be a list",
                "stopTimeout: 10                             | is not a time",
                "stopTimeout: 99ms                           | 100 ms to 1 h",
                "stopTimeout: 2h                             | 100 ms to 1 h",
                "io: 50MiB/s                                 | cannot be one value",
                "io: {readOps: 1.5/s}                        | is not a rate of operations",
                "io: {read: 0B/s}                            | more than 0",
                "init: service                               | a service needs its command",
                "init: upstart                               | there is no init 'upstart'",
                "init: {}                                    | cannot be an empty {}",
                "init: {restart: never}                      | exactly one of service and systemd",
                "init: {service: [/bin/a], systemd: {mask: [a.service]}} | exactly one of service and systemd",
                "init: {systemd: {mask: [a.service]}, restart: never}    | belongs to a service only",
                "init: {systemd: {mask: [cron]}}             | is not a unit name",
                "init: {systemd: {mask: cron.service}}       | cannot be one value",
                "init: {service: /usr/bin/redis}             | cannot be one value",
                "init: {service: [redis]}                    | absolute path",
                "init: {service: [/bin/a, 6379]}             | takes this for a number; write it in quotes",
                "init: {service: [/bin/a, no]}               | takes this for true or false; write it in quotes",
                "init: {service: [/bin/a, ~]}                | write it in quotes",
                "init: {service: [/bin/a, [b]]}              | an item must be one value, not a list",
                "storage: 4GB                                | unknown unit 'GB'",
                "storage: 4                                  | has no unit",
                "storage: {}                                 | cannot be an empty {}",
                "storage: 1MiB                               | a volume has 16MiB to 1PiB in whole MiB",
                "storage: 16777217B                          | in whole MiB",
                "storage: {disks: []}                        | cannot be an empty list",
                "storage: {disks: [sdb, sdb]}                | sdb stands twice",
                "storage: {disks: [/dev/sdb]}                | is not the name of a disk",
                "storage: {disks: [1e3]}                     | write it in quotes",
                "volumes: {}                                 | cannot be an empty {}",
                "volumes: [data]                             | cannot be a list",
                "volumes: {data: 1GiB}                       | cannot be one value; allowed: a block of volumes",
                "volumes: {data: {size: 1GiB}}               | is missing; write an absolute path inside",
                "volumes: {data: {at: /srv/data}}            | is missing; write a size",
                "volumes: {no: {size: 1GiB, at: /srv/data}}  | takes this name for true or false",
                "volumes: {Data: {size: 1GiB, at: /srv/data}} | is not a partition name",
                "volumes: {data: {size: 1GiB, at: /etc/data}} | /etc is the system's",
                "volumes: {data: {size: 1GiB, at: srv}}      | is not a place inside",
                "volumes: {data: {size: 1GiB, at: /srv/../etc}} | is not a place inside",
                "volumes: {data: {size: 1GiB, at: /srv}, more: {size: 1GiB, at: /srv/more}} | one place must not lie"
                        + " in the other",
                "shares: [{from: /srv}]                      | cannot be a list",
                "shares: {/srv: /srv}                        | cannot be one value",
                "shares: {/srv: {write: true}}               | is missing",
                "shares: {/srv: {from: /srv, write: yes}}    | neither true nor false",
                "shares: {/srv: {from: srv}}                 | cannot be shared",
                "shares: {/srv: {from: /}}                   | cannot be shared",
                "shares: {/usr: {from: /srv}}                | /usr is the system's",
                "shares: {(0): {from: /srv}}                 | is not a place inside",
                "shares: {/srv: {from: /a}, /srv/b: {from: /b}} | one place must not lie in the other",
                "network: host                               | there is no network 'host'",
                "network: {}                                 | cannot be an empty {}",
                "network: {in: 1MiB/s}                       | unknown unit 'MiB/s'",
                "network: {in: 100MB/s}                      | like 100Mbit/s; a byte is 8 bits",
                "network: {in: 100Mbit}                      | unknown unit 'Mbit'",
                "network: {in: 0bit/s}                       | more than 0",
                "network: {device: eth1, in: 1Mbit/s}        | cannot stand beside device",
                "network: {device: eth1, peers: [web]}       | cannot stand beside device",
                "network: {device: 'eth 1'}                  | is not the name of a network interface",
                "network: {address: 10.77.0}                 | is not an IPv4 address",
                "network: {address: 10.77.0.256}             | 256 is over 255",
                "network: {peers: [a]}                       | not its own peer",
                "network: {peers: [web, web]}                | web stands twice",
                "network: {peers: [no]}                      | write it in quotes",
                "network: {publish: [2222:22]}               | takes this for a number; write it in quotes",
                "network: {publish: 8080:80}                 | cannot be one value",
                "network: {publish: ['80']}                  | the host's port first",
                "network: {publish: ['0:80']}                | a port is 1 to 65535",
                "network: {publish: ['80:80', '80:81/tcp']}  | the host's port 80 stands twice",
                "hardening: strict                           | cannot be one value",
                "hardening: {deny: [SYS_bpf]}                | is not the name of a system call",
                "hardening: {deny: [bpf], allow: [bpf]}      | both denied and allowed",
                "hardening: {drop: [cap_net_raw]}            | is written without cap_: net_raw",
                "hardening: {objects: {inotify: 5}}          | there is no such key",
                "hardening: {objects: {namespaces: 70000}}   | outside 0 to 65536",
                "rootPassword: 'secret'                      | openssl passwd -6",
                "<<: {}                                      | merge keys (<<) are not allowed",
                "on: 1                                       | there is no such key",
                "? [a]                                       | a key is one word",
            })
    void refusesTraps(String line, String expected) {
        List<Fault> faults = faultsOf(line);

        assertThat(faults).isNotEmpty();
        assertThat(faults.get(0).problem()).contains(expected);
        assertThat(faults.get(0).place().line()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                    | a.yaml: is empty",
                "# nothing                             | a.yaml: is empty",
                "[]                                    | a.yaml:1:1: a file starts with the key partitions, not with"
                        + " an empty list",
                "partitions: {}                        | a.yaml:1:13: partitions: needs a block of partitions by name,"
                        + " not an empty {}",
                "partitions:                           | a.yaml:1:12: partitions: needs a block of partitions by name,"
                        + " not nothing",
                "{}                                    | a.yaml:1:1: partitions: is missing",
                "partitions: {on: {cpus: 1, memory: 1GiB}} | a.yaml:1:14: partitions.on: YAML 1.1 takes this name for"
                        + " true or false; write it in quotes",
                "partitions: {'a.b': {cpus: 1}}        | a.yaml:1:14: partitions: 'a.b' is not a partition name; use 1"
                        + " to 32 of a-z, 0-9 and -, starting with a letter and not ending in -",
                "partitions: {a: {cpus: 1, memory: 1GiB | a.yaml:1:39: is not YAML: while parsing a flow mapping:"
                        + " expected ',' or '}', but got <stream end>",
                "partitions: {a: &x {cpus: 1}, b: *x}  | a.yaml:1:34: anchors and aliases (& and *) are not allowed;"
                        + " write the values out",
                "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]] | a.yaml:1:17: is nested deeper than 16 levels",
            })
    void refusesTextsThatAreNoDefinitions(String text, String expected) {
        assertThat(faults(text)).first().hasToString(expected);
    }

    @Test
    void refusesASecondDocument() {
        assertThat(faults("partitions: {a: {cpus: 1, memory: 1GiB}}\n---\npartitions: {}\n"))
                .singleElement()
                .hasToString("a.yaml:2:1: holds a second document; a file is one, without --- in between");
    }

    @Test
    void refusesTabsAndNulsWithTheirPlace() {
        assertThat(faults("partitions:\n\ta: {cpus: 1, memory: 1GiB}\n"))
                .singleElement()
                .hasToString("a.yaml:2:1: has a tab where only blanks may stand");
        assertThat(faults("partitions:\n  a: {cpus: 1, memory: 1G\0iB}\n"))
                .singleElement()
                .hasToString("a.yaml:2:26: holds the character U+0000, which YAML does not allow");
    }

    @Test
    void takesAByteOrderMarkForNothing() throws IOException {
        Path file =
                Files.writeString(directory.resolve("bom.yaml"), "\ufeffpartitions:\n  a: {cpus: 1, memory: 1GiB}\n");

        assertThat(DefinitionLoader.load(file)).hasSize(1);
        assertThat(refused("\ufeffpartitons: {}\n").faults())
                .extracting(Fault::key)
                .contains("partitons", "partitions");
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE", "UTF-16BE", "UTF-16"})
    void refusesOtherEncodings(String charset) throws IOException {
        Path file = Files.write(
                directory.resolve("wide.yaml"),
                "# é\npartitions: {a: {cpus: 1, memory: 1GiB}}\n".getBytes(Charset.forName(charset)));

        assertThat(refusedFile(file).faults()).hasSize(1);
    }

    @Test
    void readsTheTurnOfAStart() {
        PartitionSpec first = DefinitionLoader.load("a.yaml", partitionWith("autostart: {order: 5}"))
                .get(0)
                .spec();
        PartitionSpec usual = DefinitionLoader.load("a.yaml", partitionWith("autostart: {order: 100}"))
                .get(0)
                .spec();

        assertThat(first.autostart()).isTrue();
        assertThat(first.startOrder()).contains(5);
        assertThat(usual)
                .isEqualTo(DefinitionLoader.load("a.yaml", partitionWith("autostart: true"))
                        .get(0)
                        .spec());
    }

    @Test
    void neverRepeatsWhatMayBeAPassword() {
        DefinitionException refused =
                refused("partitions:\n  a:\n    cpus: 1\n    memory: 1GiB\n    rootPassword: hunter2x\n");
        Definition withHash = DefinitionLoader.load(
                        "a.yaml", "partitions:\n  a: {cpus: 1, memory: 1GiB, rootPassword: '" + HASH + "'}\n")
                .get(0);

        assertThat(refused).hasMessageNotContaining("hunter2x").hasMessageContaining("a password itself is never kept");
        assertThat(withHash.toString()).doesNotContain(HASH).contains("with a root password");
    }

    @Test
    void readsBlocksOfTextAsTheyAre() {
        List<Definition> definitions = DefinitionLoader.load("a.yaml", """
            partitions:
              a:
                cpus: 1
                memory: 1GiB
                init:
                  service:
                    - /usr/bin/perl
                    - -e
                    - |
                      my $x = ${y}; # not a comment
                        print "$x, $y\\n";
            """);

        Init.Service service = (Init.Service) definitions.get(0).spec().init();
        assertThat(service.command())
                .containsExactly("/usr/bin/perl", "-e", "my $x = ${y}; # not a comment\n  print \"$x, $y\\n\";\n");
    }

    @Test
    void readsADirectoryAndRefusesAPartitionThatStandsTwice() throws IOException {
        Files.writeString(directory.resolve("b.yaml"), "partitions: {web: {cpus: 1, memory: 1GiB}}\n");
        Files.writeString(directory.resolve("a.yaml"), "partitions: {db: {cpus: 1, memory: 1GiB}}\n");
        Files.writeString(directory.resolve("notes.txt"), "not a definition\n");
        assertThat(DefinitionLoader.loadDirectory(directory))
                .extracting(each -> each.spec().name().value())
                .containsExactly("db", "web");

        Files.writeString(directory.resolve("c.yaml"), "partitions:\n  db: {cpus: 1, memory: 1GB}\n");

        DefinitionException refused =
                catchThrowableOfType(DefinitionException.class, () -> DefinitionLoader.loadDirectory(directory));
        assertThat(refused.faults()).hasSize(2);
        assertThat(refused)
                .hasMessageContaining(
                        "c.yaml:2:3: partitions.db: is defined twice, first at " + directory.resolve("a.yaml"))
                .hasMessageContaining("c.yaml:2:25: partitions.db.memory: ");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path latin = Files.write(directory.resolve("latin.yaml"), "# é\n".getBytes(StandardCharsets.ISO_8859_1));
        Path large = Files.write(directory.resolve("large.yaml"), new byte[(1 << 20) + 1]);
        Path control = Files.write(directory.resolve("control.yaml"), new byte[] {'a', 7});

        assertThat(refusedFile(directory.resolve("none.yaml"))).hasMessageContaining("there is no such file");
        assertThat(refusedFile(latin)).hasMessageContaining("is not UTF-8 text");
        assertThat(refusedFile(large)).hasMessageContaining("is larger than 1MiB");
        assertThat(refusedFile(control))
                .hasMessageContaining("control.yaml:1:2: holds the character U+0007, which YAML does not allow");
        assertThat(catchThrowableOfType(
                        DefinitionException.class, () -> DefinitionLoader.loadDirectory(directory.resolve("none"))))
                .hasMessageContaining("there is no such directory");
    }

    /** The faults of a sound partition in which one line stands in place of, or beside, the others. */
    private static List<Fault> faultsOf(String line) {
        return faults(partitionWith(line));
    }

    private static CpuClaim claimOf(String line) {
        return DefinitionLoader.load("a.yaml", partitionWith(line))
                .get(0)
                .spec()
                .claim()
                .cpus();
    }

    private static String partitionWith(String line) {
        return "partitions:\n  a:\n"
                + (line.startsWith("cpus:") ? "" : "    cpus: 1\n")
                + (line.startsWith("memory:") ? "" : "    memory: 1GiB\n")
                + "    " + line + "\n";
    }

    private static List<Fault> faults(String text) {
        return refused(text).faults();
    }

    private static DefinitionException refused(String text) {
        return catchThrowableOfType(DefinitionException.class, () -> DefinitionLoader.load("a.yaml", text));
    }

    private static DefinitionException refusedFile(Path file) {
        return catchThrowableOfType(DefinitionException.class, () -> DefinitionLoader.load(file));
    }
}
