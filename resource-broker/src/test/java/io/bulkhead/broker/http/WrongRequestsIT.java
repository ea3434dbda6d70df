package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sends every request of {@code api/wrong-requests.txt}, which is there to be read, and compares the answers. */
class WrongRequestsIT extends ApiFixture {
    private static final int AT_LEAST = 20;

    private final Map<String, String> tokens = new HashMap<>();

    @Override
    ApiAccess access() {
        return byTcp();
    }

    @BeforeEach
    void prepare() throws IOException {
        put(Samples.definition("db", 2));
        put(Samples.definition("web", 1));
        ask("POST", "/v1/partitions/web/start", "");
        ask("POST", "/v1/partitions/web/resume", "", "Idempotency-Key: used-for-resume");
        for (Role role : Role.values()) {
            String word = role.name().toLowerCase(Locale.ROOT);
            tokens.put(
                    word,
                    ask("POST", "/v1/tokens", "{\"role\":\"" + word + "\"}").text("secret"));
        }
    }

    @Test
    void answersEachWrongRequestAsItIsWritten() throws Exception {
        String file = file();
        List<String> blocks = Arrays.stream(file.split("(?m)^== ")).skip(1).toList();
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(AT_LEAST);

        String head = file.substring(0, file.indexOf("\n== ") + 1);
        StringBuilder answered = new StringBuilder(head);
        for (String block : blocks) {
            List<String> request = block.lines()
                    .filter(line -> line.startsWith("> "))
                    .map(line -> line.substring(2))
                    .toList();
            answered.append("== ")
                    .append(block.lines().findFirst().orElseThrow())
                    .append('\n');
            request.forEach(line -> answered.append("> ").append(line).append('\n'));
            answered.append(shown(send(request))).append('\n');
        }

        assertThat(answered.toString().strip()).isEqualTo(file.strip());
    }

    private RawClient.Answer send(List<String> request) throws IOException {
        List<String> words = new ArrayList<>(List.of(request.get(0).split(" ")));
        boolean tcp = words.get(0).equals("tcp");
        List<String> headers = request.stream()
                .skip(1)
                .filter(line -> !line.startsWith("{"))
                .collect(Collectors.toCollection(ArrayList::new));
        String body = request.stream()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElse("");
        if (!tcp) {
            return ask(words.get(0), words.get(1), body, headers.toArray(String[]::new));
        }
        Optional.ofNullable(tokens.get(words.get(1))).ifPresent(token -> headers.add("Authorization: Bearer " + token));
        if (headers.stream().noneMatch(header -> header.startsWith("Host:"))) {
            headers.add("Host: localhost");
        }
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            return client.ask(words.get(2), words.get(3), body, headers.toArray(String[]::new));
        }
    }

    /** What differs from run to run has a name instead. */
    private String shown(RawClient.Answer answer) {
        StringBuilder text = new StringBuilder();
        text.append(answer.status()).append(' ').append(answer.text("code")).append('\n');
        text.append(answer.text("detail")
                        .replaceAll("token [a-z0-9]+ has", "token ID has")
                        .replaceAll("\"[0-9a-f]{32}\"", "\"TAG\""))
                .append('\n');
        if (answer.json().containsKey("remedy")) {
            text.append("fix: ").append(answer.text("remedy")).append('\n');
        }
        ((Json.Array) Objects.requireNonNull(answer.json().get("holders")))
                .items()
                .forEach(holder ->
                        text.append("- ").append(((Json.Text) holder).value()).append('\n'));
        return text.toString();
    }

    private static String file() throws IOException {
        try (InputStream in = WrongRequestsIT.class.getResourceAsStream("/api/wrong-requests.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
