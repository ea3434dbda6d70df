package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.ConsoleRecords;
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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The written description and the code say the same. */
class OpenApiTest {
    private final Map<String, Object> document = ApiContract.WRITTEN.document();

    @Test
    void describesEveryRouteAndNoOther() throws Exception {
        Set<String> described = ApiContract.WRITTEN.operations().stream()
                .map(ApiContract.Described::toString)
                .collect(Collectors.toSet());

        assertThat(routes().keySet()).isEqualTo(described);
    }

    @Test
    void describesWhatEveryRouteTakesAndAnswers() throws Exception {
        Map<String, Route> routes = routes();

        assertThat(ApiContract.WRITTEN.operations()).allSatisfy(described -> {
            Route route = Objects.requireNonNull(routes.get(described.toString()));
            assertThat(described.facts().get("x-role"))
                    .isEqualTo(route.role().map(RecordCodec::constantName).orElse("nobody"));
            assertThat(ApiContract.WRITTEN.parameterNames(described, "query")).isEqualTo(route.parameters());
            assertThat(ApiContract.WRITTEN.parameterNames(described, "header")).isEqualTo(route.headers());
            assertThat(ApiContract.WRITTEN.parameterNames(described, "path"))
                    .hasSize(route.template().split("\\{", -1).length - 1);
            assertThat(object(described.facts().get("responses")).keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(route.statuses().stream().map(String::valueOf), Stream.of("4XX", "5XX"))
                                    .toList());
            assertThat(ApiContract.WRITTEN.problems(described))
                    .containsExactlyInAnyOrderElementsOf(route.problems().stream()
                            .map(RecordCodec::constantName)
                            .toList());
        });
    }

    @Test
    void describesEveryProblemWithItsStatusAndExitCode() {
        Map<String, Object> table = object(at("x-problem-codes"));

        assertThat(table.keySet()).containsExactlyElementsOf(constants(ProblemCode.values()));
        for (ProblemCode code : ProblemCode.values()) {
            Map<String, Object> described = object(at("x-problem-codes", RecordCodec.constantName(code)));
            assertThat(described).containsEntry("status", code.httpStatus()).containsEntry("exitCode", code.exitCode());
            assertThat(described.containsKey("everywhere")).as(code.name()).isEqualTo(Route.EVERYWHERE.contains(code));
        }
    }

    @Test
    void givesNoProblemThatNoRouteNames() throws Exception {
        Set<ProblemCode> named = new HashSet<>(Route.EVERYWHERE);
        named.addAll(Route.NOWHERE);
        routes().values().forEach(route -> named.addAll(route.problems()));

        assertThat(named).containsExactlyInAnyOrder(ProblemCode.values());
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

    private static Map<String, Route> routes() throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            ManagerClient manager = new ManagerClient(vertx, ClientOptions.of(Path.of("/nowhere")));
            Broker broker = new Broker(manager, () -> Samples.machine(2));
            ApiOptions options = new ApiOptions(Path.of("/nowhere"), InstanceName.parse("test"), "0");
            Services services = Services.of(
                    vertx, broker, manager, options, ApiServer.auditTrail(options), Consoles.NONE, ConsoleRecords.NONE);
            return new Api(services, new Auditing(services.audit()))
                    .routes().all().stream()
                            .collect(Collectors.toMap(
                                    route -> route.method().name() + " " + route.template(), route -> route));
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
}
