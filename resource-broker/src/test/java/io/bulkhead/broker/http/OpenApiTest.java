package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.client.ClientOptions;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The written description and the code say the same. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");

    private final Map<String, Object> document = document();

    @Test
    void describesEveryRouteAndNoOther() throws Exception {
        Set<String> described = new HashSet<>();
        object(at("paths")).forEach((path, operations) -> object(operations).keySet().stream()
                .filter(METHODS::contains)
                .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));

        assertThat(routes()).isEqualTo(described);
    }

    @Test
    void describesEveryConstantOfTheContract() {
        assertThat(at("components", "schemas", "Problem", "properties", "code", "enum"))
                .isEqualTo(constants(ProblemCode.values()));
        assertThat(at("components", "schemas", "PartitionStatus", "properties", "state", "enum"))
                .isEqualTo(constants(State.values()));
        assertThat(at("components", "schemas", "Resource", "enum")).isEqualTo(constants(Resource.values()));
        assertThat(at("components", "schemas", "Strength", "enum")).isEqualTo(constants(Strength.values()));
    }

    @Test
    void refersToNothingThatIsNotThere() {
        assertThat(references(document)).isNotEmpty().allSatisfy(reference -> assertThat(
                        at(reference.substring(2).split("/")))
                .isInstanceOf(Map.class));
    }

    private static Set<String> references(Object node) {
        if (node instanceof Map<?, ?> map) {
            Set<String> found = map.values().stream()
                    .flatMap(value -> references(value).stream())
                    .collect(Collectors.toSet());
            if (map.get("$ref") instanceof String reference) {
                found.add(reference);
            }
            return found;
        }
        return node instanceof List<?> list
                ? list.stream().flatMap(value -> references(value).stream()).collect(Collectors.toSet())
                : Set.of();
    }

    private static Set<String> routes() throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            ManagerClient manager = new ManagerClient(vertx, ClientOptions.of(Path.of("/nowhere")));
            Broker broker = new Broker(manager, () -> Samples.machine(2));
            ApiOptions options = new ApiOptions(Path.of("/nowhere"), InstanceName.parse("test"), "0");
            return new Api(vertx, broker, manager, options, new ConnectionGuard(vertx, options.limits()))
                    .routes().all().stream()
                            .map(route -> route.method().name() + " " + route.template())
                            .collect(Collectors.toSet());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    private static List<String> constants(Enum<?>[] values) {
        return Arrays.stream(values).map(RecordCodec::constantName).toList();
    }

    private Object at(String... path) {
        Object node = document;
        for (String name : path) {
            Object member = object(node).get(name);
            node = Objects.requireNonNull(member, () -> "no " + name + " in " + String.join("/", path));
        }
        return node;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object node) {
        return (Map<String, Object>) node;
    }

    private static Map<String, Object> document() {
        try (InputStream file = OpenApiTest.class.getResourceAsStream("/api/openapi.yaml")) {
            return object(new Yaml(new SafeConstructor(new LoaderOptions())).load(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
