package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What stands in configs/ can be used, and its documents say what the table of keys says. */
class ConfigsTest {
    private static final Schema SCHEMA = schema();

    private static final Path PROFILES = Configs.directory().resolve("profiles");

    static Schema schema() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Configs.read("schema/partitions.schema.json"));
    }

    static List<Path> examples() {
        return Configs.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleLoadsAndAgreesWithTheSchema(Path example) {
        boolean ofProfiles = example.startsWith(PROFILES);
        assertThat(ofProfiles ? sharedProfiles() : DefinitionLoader.loadAll(List.of(example), Optional.of(PROFILES)))
                .isNotEmpty();
        assertThat(SCHEMA.validate(Configs.read(example), InputFormat.YAML)).isEmpty();
    }

    private static Set<String> sharedProfiles() {
        SharedProfiles shared = new SharedProfiles(Optional.of(PROFILES));
        Set<String> names = shared.names();
        assertThat(shared.faults()).isEmpty();
        return names;
    }

    @Test
    void theExamplesAreAllFound() {
        assertThat(examples())
                .extracting(file -> Configs.directory().relativize(file).toString())
                .containsExactlyInAnyOrder(
                        "demo.yaml",
                        "partitions/batch.yaml",
                        "partitions/ci-runner.yaml",
                        "partitions/critical-service.yaml",
                        "partitions/interactive.yaml",
                        "partitions/postgresql.yaml",
                        "partitions/redis.yaml",
                        "partitions/web.yaml",
                        "partitions/workers.yaml",
                        "profiles/sizes.yaml");
    }

    @Test
    void theDemoHasAWholeCpuBesideAPartOfOne() {
        List<Definition> demo = DefinitionLoader.load(Configs.directory().resolve("demo.yaml"));

        PartitionSpec critical = demo.get(0).spec();
        PartitionSpec batch = demo.get(1).spec();
        assertThat(demo).hasSize(2);
        assertThat(critical.name()).hasToString("critical");
        assertThat(critical.claim().cpus()).isEqualTo(CpuClaim.Whole.of(1));
        assertThat(critical.claim().memory()).isEqualTo(ByteSize.ofMebibytes(256));
        assertThat(critical.init()).isInstanceOf(Init.Service.class);
        assertThat(batch.name()).hasToString("batch");
        assertThat(batch.claim().cpus()).isEqualTo(new CpuClaim.Part(new CpuMillis(250)));
        assertThat(batch.claim().tasks()).isEqualTo(64);
        assertThat(batch.init()).isEqualTo(new Init.Shell());
    }

    @Test
    void theSchemaKnowsTheSameKeysAsTheReader() {
        JsonNode root = SCHEMA.getSchemaNode();
        List<String> keys = new ArrayList<>();

        collectKeys(root, root.at("/$defs/partition"), "", keys);

        assertThat(keys)
                .containsExactlyInAnyOrderElementsOf(
                        DefinitionKey.ALL.stream().map(DefinitionKey::path).toList());
    }

    @Test
    void theSchemaOfALayerKnowsTheSameKeys() {
        List<String> keys = new ArrayList<>();
        SCHEMA.getSchemaNode().at("/$defs/layer/properties").forEachEntry((name, property) -> keys.add(name));

        assertThat(keys).containsExactlyElementsOf(DefinitionKey.namesBelow(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "profiles: {p: {cpus: {node: 1}}}",
                "partitions: {a: {from: p, cpus: null, io: {read: null}}}",
                "partitions: {a: {from: p, autostart: {order: 5}}}",
                "partitions: {a: {from: p, volumes: {data: {size: 2GiB}}, shares: {/srv: null}, network: {in: null}}}",
            })
    void theSchemaTakesPartsThatAreToBeMerged(String text) {
        assertThat(SCHEMA.validate(text, InputFormat.YAML)).isEmpty();
    }

    @Test
    void theSchemaDescribesKeysInTheSameWords() {
        JsonNode root = SCHEMA.getSchemaNode();

        assertThat(DefinitionKey.ALL)
                .filteredOn(key -> !key.path().equals("rootPassword"))
                .allSatisfy(key -> {
                    List<String> descriptions = root.findParents(key.name()).stream()
                            .map(parent ->
                                    parent.at("/" + key.name() + "/description").asString(""))
                            .toList();
                    assertThat(descriptions).contains(key.documentation());
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "partitions: {}",
                "partitions: {Web: {cpus: 1, memory: 1GiB}}",
                "partitions: {host: {cpus: 1, memory: 1GiB}}",
                "partitions: {a: {cpus: 1}}",
                "partitions: {a: {memory: 1GiB}}",
                "partitions: {a: {cpus: 1, memory: 512}}",
                "partitions: {a: {cpus: 1, memory: 1GB}}",
                "partitions: {a: {cpus: '1', memory: 1GiB}}",
                "partitions: {a: {cpus: {node: 1}, memory: 1GiB}}",
                "partitions: {a: {cpus: {part: 1, count: 1}, memory: 1GiB}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, tasks: 15}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, autostart: 'true'}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, autostart: {order: 1001}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, tasks: null}}",
                "partitions: {a: {from: P}}",
                "profiles: {p: {memroy: 1GiB}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, stopTimeout: 10}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, io: {read: 50MiB}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, init: service}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, init: {service: []}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, init: {service: [redis]}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, init: {service: [/a], systemd: {mask: [a.service]}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, init: {systemd: {mask: [cron]}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, rootPassword: secret}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, storage: 4GB}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, storage: {}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, storage: {disks: [sda, sda]}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, storage: {disks: [/dev/sda]}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, volumes: {data: {size: 1GiB}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, volumes: {Data: {size: 1GiB, at: /srv}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, volumes: {data: 1GiB}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, shares: [{from: /srv, at: /srv}]}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, shares: {srv: {from: /srv}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, shares: {/srv: {write: true}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, network: host}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, network: {in: 1MiB/s}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, network: {device: eth1, in: 1Mbit/s}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, network: {address: 10.77.0}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, network: {peers: [a, b, b]}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, hardening: {deny: [SYS]}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, hardening: {objects: {namespaces: -1}}}}",
                "partitions: {a: {cpus: 1, memory: 1GiB, memroy: 4GiB}}",
            })
    void whatTheSchemaRefusesTheReaderRefusesToo(String text) {
        assertThat(SCHEMA.validate(text, InputFormat.YAML)).as("by the schema").isNotEmpty();
        assertThat(refusal(text)).as("by the reader").isNotNull();
    }

    @Test
    void theReadmeListsEveryKey() {
        String table = DefinitionKey.ALL.stream()
                .map(key -> "| `" + key.path() + "` | " + key.documentation() + " | " + key.allowed() + " | "
                        + key.defaultText() + " |\n")
                .collect(Collectors.joining("", "| key | what it does | allowed | default |\n|---|---|---|---|\n", ""));

        assertThat(Configs.read("README.md")).contains(table);
    }

    private static DefinitionException refusal(String text) {
        return catchThrowableOfType(DefinitionException.class, () -> DefinitionLoader.load("a.yaml", text));
    }

    private static void collectKeys(JsonNode root, JsonNode block, String prefix, List<String> keys) {
        block.path("properties").forEachEntry((name, property) -> {
            keys.add(prefix + name);
            collectBelow(root, property, prefix + name + ".", keys);
            if (property.path("oneOf").isArray()) {
                List<JsonNode> withBlocks = new ArrayList<>();
                property.path("oneOf").forEach(withBlocks::add);
                withBlocks.stream()
                        .filter(choice -> hasProperties(root, choice))
                        .findFirst()
                        .ifPresent(choice -> collectBelow(root, choice, prefix + name + ".", keys));
            }
        });
    }

    private static void collectBelow(JsonNode root, JsonNode node, String prefix, List<String> keys) {
        if (node.has("$ref") && target(root, node).at("/additionalProperties").has("title")) {
            JsonNode byName = target(root, node).path("additionalProperties");
            collectKeys(
                    root, target(root, byName), prefix + byName.path("title").asString() + ".", keys);
        }
        if (hasProperties(root, node)) {
            collectKeys(root, target(root, node), prefix, keys);
        }
    }

    private static boolean hasProperties(JsonNode root, JsonNode node) {
        return node.has("$ref") && target(root, node).has("properties");
    }

    private static JsonNode target(JsonNode root, JsonNode node) {
        return root.at(node.path("$ref").asString().substring(1));
    }
}
