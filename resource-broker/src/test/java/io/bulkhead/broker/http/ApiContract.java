package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/**
 * The written description as a judge of what really goes over the wire: every answer must be one that it knows, with a
 * body of its schema; every request that was carried out must be one that it allows.
 */
final class ApiContract {
    static final ApiContract WRITTEN = new ApiContract();

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");
    private static final String PROBLEM = "application/problem+json";

    private final Map<String, Object> document;
    private final JsonMapper json = new JsonMapper();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<Object, Schema> schemas = new HashMap<>();

    /**
     * An operation as it is described.
     *
     * @param method of HTTP, in capitals
     * @param path the template
     * @param facts what stands below the method
     * @param shared parameters that stand beside the method
     */
    record Described(String method, String path, Map<String, Object> facts, List<Map<String, Object>> shared) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private ApiContract() {
        try (InputStream file = ApiContract.class.getResourceAsStream("/api/openapi.yaml")) {
            document = object(new Yaml(new SafeConstructor(new LoaderOptions())).load(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object node) {
        return (Map<String, Object>) node;
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> list(Object node) {
        return node == null ? List.of() : (List<T>) node;
    }

    Map<String, Object> document() {
        return document;
    }

    List<Described> operations() {
        List<Described> all = new ArrayList<>();
        object(document.get("paths")).forEach((path, item) -> {
            List<Map<String, Object>> shared = parameters(object(item));
            object(item).forEach((method, facts) -> {
                if (METHODS.contains(method)) {
                    all.add(new Described(method.toUpperCase(Locale.ROOT), path, object(facts), shared));
                }
            });
        });
        return all;
    }

    private List<Map<String, Object>> parameters(Map<String, Object> node) {
        return ApiContract.<Object>list(node.get("parameters")).stream()
                .map(each -> resolved(object(each)))
                .toList();
    }

    private Map<String, Object> resolved(Map<String, Object> node) {
        if (!(node.get("$ref") instanceof String reference)) {
            return node;
        }
        Object at = document;
        for (String name : reference.substring(2).split("/")) {
            at = Objects.requireNonNull(object(at).get(name), reference);
        }
        return object(at);
    }

    /** The names of parameters of a place: path, query or header. */
    Set<String> parameterNames(Described operation, String in) {
        Set<String> names = new TreeSet<>();
        List<Map<String, Object>> all = new ArrayList<>(operation.shared());
        all.addAll(parameters(operation.facts()));
        all.stream().filter(each -> in.equals(each.get("in"))).forEach(each -> names.add((String) each.get("name")));
        return names;
    }

    Set<String> problems(Described operation) {
        return new TreeSet<>(ApiContract.<String>list(operation.facts().get("x-problems")));
    }

    Optional<Described> find(String method, String path) {
        return operations().stream()
                .filter(each -> each.method().equals(method) && matches(each.path(), path))
                .findFirst();
    }

    private static boolean matches(String template, String path) {
        return path.matches(template.replaceAll("\\{\\w+}", "[^/]*"));
    }

    // ---- judging

    /** Fails where an answer is not one that is described, or a request was carried out that is not. */
    void judge(String method, String target, String body, RawClient.Answer answer) {
        String path = target.split("\\?", 2)[0];
        Optional<Described> operation = find(method, path);
        if (operation.isEmpty()) {
            assertThat(answer.status())
                    .as(method + " " + target + " is not described")
                    .isIn(400, 401, 403, 404, 405);
            judgeProblem(answer, Set.of("not-found", "method-not-allowed"));
            return;
        }
        judgeAnswer(operation.get(), answer);
        if (answer.status() < 300) {
            judgeRequest(operation.get(), target, body);
        }
    }

    private void judgeAnswer(Described operation, RawClient.Answer answer) {
        Map<String, Object> responses = object(operation.facts().get("responses"));
        String range = answer.status() / 100 + "XX";
        Object response = responses.getOrDefault(Integer.toString(answer.status()), responses.get(range));
        assertThat(response)
                .as(operation + " does not describe " + answer.status() + ": " + answer.body())
                .isNotNull();
        Map<String, Object> facts = resolved(object(response));
        if (answer.status() >= 400) {
            judgeProblem(answer, problems(operation));
        }
        judgeHeaders(operation, facts, answer);
        Map<String, Object> content = object(facts.getOrDefault("content", Map.of()));
        if (content.isEmpty()) {
            assertThat(answer.body()).as(operation + " describes no body").isEmpty();
            return;
        }
        String type = answer.header("content-type").orElse("").split(";", 2)[0];
        assertThat(content.keySet()).as(operation.toString()).contains(type);
        if (type.endsWith("json")) {
            judgeBody(operation + " answered", object(content.get(type)).get("schema"), answer.body());
        }
    }

    private void judgeHeaders(Described operation, Map<String, Object> facts, RawClient.Answer answer) {
        object(facts.getOrDefault("headers", Map.of())).forEach((name, header) -> answer.header(name)
                .ifPresent(value -> judgeBody(
                        operation + " answered the header " + name,
                        resolved(object(header)).get("schema"),
                        json.writeValueAsString(value))));
    }

    private void judgeProblem(RawClient.Answer answer, Set<String> own) {
        assertThat(answer.header("content-type")).contains(PROBLEM);
        String code = answer.text("code");
        Map<String, Object> known =
                object(object(document.get("x-problem-codes")).get(code));
        assertThat(known).as("the code " + code).isNotNull();
        assertThat(known.get("status")).isEqualTo(answer.status());
        assertThat(Boolean.TRUE.equals(known.get("everywhere")) || own.contains(code))
                .as("the problem " + code + " is described here: " + answer.body())
                .isTrue();
        Map<String, Object> components =
                object(object(document.get("components")).get("schemas"));
        judgeBody("the problem", Objects.requireNonNull(components.get("Problem")), answer.body());
    }

    private void judgeRequest(Described operation, String target, String body) {
        if (target.contains("?")) {
            for (String pair : target.split("\\?", 2)[1].split("&")) {
                judgeParameter(operation, pair.split("=", 2)[0], pair.contains("=") ? pair.split("=", 2)[1] : "");
            }
        }
        Object described = operation.facts().get("requestBody");
        if (described == null) {
            assertThat(body).as(operation + " describes no body").isIn("", "{}");
        } else if (!body.isEmpty()) {
            Map<String, Object> content = object(resolved(object(described)).get("content"));
            judgeBody(
                    operation + " took", object(content.get("application/json")).get("schema"), body);
        }
    }

    private void judgeParameter(Described operation, String name, String text) {
        List<Map<String, Object>> all = parameters(operation.facts());
        Map<String, Object> parameter = all.stream()
                .filter(each -> "query".equals(each.get("in")) && name.equals(each.get("name")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(operation + " took the parameter " + name));
        String value = URLDecoder.decode(text, StandardCharsets.UTF_8);
        boolean isNumber = "integer".equals(object(parameter.get("schema")).get("type"));
        judgeBody(
                operation + " took " + name,
                parameter.get("schema"),
                isNumber ? value : json.writeValueAsString(value));
    }

    private synchronized void judgeBody(String what, Object schema, String body) {
        Schema judge = schemas.computeIfAbsent(schema, this::compile);
        assertThat(judge.validate(body, InputFormat.JSON))
                .as(what + ": " + body)
                .isEmpty();
    }

    /** A schema with the components beside it, so that its references lead somewhere. */
    private Schema compile(Object schema) {
        Map<String, Object> whole = new LinkedHashMap<>(object(schema));
        whole.put("components", document.get("components"));
        return registry.getSchema(json.writeValueAsString(whole));
    }
}
