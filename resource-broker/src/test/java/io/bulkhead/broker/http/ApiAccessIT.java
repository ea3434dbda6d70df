package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who may do what: tokens on TCP, users on the socket, and every route by every role. */
class ApiAccessIT extends ApiFixture {
    private static final PartitionName DB = new PartitionName("db");

    private Optional<ApiAccess.Listen> listen = Optional.of(new ApiAccess.Listen("127.0.0.1", 0, Optional.empty()));

    @Override
    ApiAccess access() {
        return new ApiAccess(directory.resolve("state"), Optional.empty(), Set.of(), Set.of("12345"), listen);
    }

    private String token(Role role) throws IOException {
        RawClient.Answer made = ask("POST", "/v1/tokens", "{\"role\":\"" + RecordCodec.constantName(role) + "\"}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return made.text("secret");
    }

    private RawClient.Answer askTcp(String method, String path, String body, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        if (all.stream().noneMatch(header -> header.startsWith("Host:"))) {
            all.add("Host: localhost:" + port());
        }
        try (RawClient client = new RawClient(port())) {
            return client.ask(method, path, body, all.toArray(String[]::new));
        }
    }

    private int port() {
        return server.tcpPort().orElseThrow();
    }

    private static String bearer(String secret) {
        return "Authorization: Bearer " + secret;
    }

    // ---- roles

    @Test
    void letsEveryRoleDoWhatTheDescriptionSaysAndNoMore() throws Exception {
        put(Samples.definition("db", 1));
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, token(role));
        }

        for (ApiContract.Described operation : ApiContract.WRITTEN.operations()) {
            String path = operation.path().replace("{name}", "db").replace("{id}", "nobody")
                    + (operation.path().equals("/v1/events") ? "?follow=false" : "");
            String needed = (String) operation.facts().get("x-role");
            int anonymous = askTcp(operation.method(), path, "").status();
            assertThat(anonymous == 401).as(operation + " by nobody").isEqualTo(!needed.equals("nobody"));
            for (Role role : Role.values()) {
                boolean may =
                        needed.equals("nobody") || role.covers(Role.valueOf(needed.toUpperCase(java.util.Locale.ROOT)));
                RawClient.Answer answer = askTcp(operation.method(), path, "", bearer(tokens.get(role)));
                assertThat(answer.status() == 403)
                        .as(operation + " by " + role + ": " + answer.body())
                        .isEqualTo(!may);
                assertThat(answer.status()).isNotEqualTo(401);
            }
        }
    }

    @Test
    void saysWhichRoleItTakes() throws Exception {
        RawClient.Answer answer = askTcp("DELETE", "/v1/partitions/db", "", bearer(token(Role.OPERATOR)));

        assertThat(answer.text("detail"))
                .startsWith("this takes the role admin; token ")
                .endsWith(" has operator");
        assertThat(fake.orders()).doesNotHaveAnyElementsOfTypes(Order.DeletePartition.class);
    }

    @Test
    void letsViewersLookAtConsolesAndNotType() throws Exception {
        put(Samples.definition("db", 1));
        String viewer = token(Role.VIEWER);

        assertThat(streamReply(viewer, new Order.OpenConsole(DB, "me", false, false, 0, true)))
                .isInstanceOf(Reply.StreamOpened.class);
        assertThat(streamReply(viewer, new Order.FollowEvents(0))).isInstanceOf(Reply.StreamOpened.class);
        assertThat(streamReply(viewer, new Order.OpenConsole(DB, "me", true, false, 0, true)))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.problem().code()).isEqualTo(ProblemCode.NOT_PERMITTED));
        Order exec = new Order.ExecuteCommand(DB, List.of("cat", "secret"), Map.of(), Optional.empty());
        assertThat(streamReply(viewer, exec)).isInstanceOf(Reply.Refused.class);
        assertThat(streamReply(token(Role.OPERATOR), exec)).isInstanceOf(Reply.StreamOpened.class);

        String audit = ask("GET", "/v1/audit", "").body();
        assertThat(audit)
                .contains(
                        "\"verb\":\"exec cat\",\"partition\":\"db\",\"outcome\":\"denied\",\"problem\":\"not-permitted\"")
                .contains("\"verb\":\"exec cat\",\"partition\":\"db\",\"outcome\":\"done\"")
                .doesNotContain("secret");
    }

    private Reply streamReply(String secret, Order order) throws IOException {
        try (RawClient client = new RawClient(port())) {
            client.send("GET /v1/streams HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                    + "Upgrade: bulkhead-stream/1\r\n" + bearer(secret) + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(101);
            client.send(Frame.order(order));
            return client.frame().as(Reply.class);
        }
    }

    // ---- tokens

    @Test
    void takesATokenUntilItIsRevoked() throws Exception {
        RawClient.Answer made = ask("POST", "/v1/tokens", "{\"role\":\"viewer\",\"note\":\"grafana\"}");
        String secret = made.text("secret");

        assertThat(askTcp("GET", "/v1/partitions", "", bearer(secret)).status()).isEqualTo(200);
        RawClient.Answer list = ask("GET", "/v1/tokens", "");
        assertThat(list.body()).contains("\"note\":\"grafana\"").doesNotContain(secret, "sha256");
        assertThat(ask("DELETE", "/v1/tokens/" + made.text("id"), "").status()).isEqualTo(204);
        RawClient.Answer refused = askTcp("GET", "/v1/partitions", "", bearer(secret));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate")).contains("Bearer realm=\"bulkhead\"");
        assertThat(ask("DELETE", "/v1/tokens/" + made.text("id"), "").status()).isEqualTo(404);
    }

    @Test
    void slowsDownWhoGuessesAndStillTakesARightToken() throws Exception {
        String right = token(Role.VIEWER);
        for (int i = 0; i < 10; i++) {
            assertThat(askTcp("GET", "/v1", "", bearer("bht_x_wrong")).status()).isEqualTo(401);
        }

        RawClient.Answer limited = askTcp("GET", "/v1", "", bearer("bht_x_wrong"));

        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.header("Retry-After")).isPresent();
        assertThat(askTcp("GET", "/v1", "", bearer(right)).status()).isEqualTo(200);
    }

    @Test
    void isNotServedUnderTheNamesOfOthers() throws Exception {
        String secret = token(Role.ADMIN);

        RawClient.Answer answer = askTcp("GET", "/v1", "", bearer(secret), "Host: evil.example:7480");

        assertThat(answer.status()).isEqualTo(421);
        assertThat(askTcp("GET", "/v1", "", bearer(secret), "Host: 127.0.0.1").status())
                .isEqualTo(200);
        assertThat(askTcp("GET", "/v1", "", bearer(secret), "Host: [::1]:1").status())
                .isEqualTo(200);
        assertThat(askTcp("GET", "/v1", "", bearer(secret), "Origin: http://evil.example")
                        .head())
                .doesNotContainIgnoringCase("access-control");
    }

    @Test
    void writesNoSecretAnywhere() throws Exception {
        String secret = token(Role.ADMIN);
        askTcp("PUT", "/v1/partitions/db", body(Samples.definition("db", 1)), bearer(secret));
        ask("GET", "/v1/audit", "");

        try (var files = Files.walk(directory.resolve("state"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain(secret);
            }
        }
    }

    // ---- where it is served

    @Test
    void refusesToServeOthersWithoutTls() throws Exception {
        get(server.close());
        listen = Optional.of(new ApiAccess.Listen("0.0.0.0", 0, Optional.empty()));

        assertThatThrownBy(this::startServer)
                .hasMessageContaining("api.listen is 0.0.0.0:0, which others can reach: there tokens need TLS");
        listen = Optional.empty();
        server = startServer();
    }

    @Test
    void servesOthersByTlsUnderTheNamesOfItsCertificate() throws Exception {
        TestCertificate certificate = TestCertificate.make(directory, "dns:bulkhead.example,ip:127.0.0.1");
        String secret = token(Role.ADMIN);
        get(server.close());
        listen = Optional.of(new ApiAccess.Listen("0.0.0.0", 0, Optional.of(certificate.tls())));
        server = startServer();

        assertThat(certificate.ask(port(), "bulkhead.example", secret)).contains(" 200 ", "\"instance\":\"test\"");
        assertThat(certificate.ask(port(), "evil.example", secret)).contains(" 421 ");
        assertThat(certificate.ask(port(), "bulkhead.example", "wrong")).contains(" 401 ");
    }

    @Test
    void namesTheFileOfTheCertificateThatItCannotRead() throws Exception {
        get(server.close());
        Path nothing = directory.resolve("nothing.pem");
        listen = Optional.of(new ApiAccess.Listen("127.0.0.1", 0, Optional.of(new ApiAccess.Tls(nothing, nothing))));

        assertThatThrownBy(this::startServer).hasMessageContaining("api.tls_certificate is " + nothing);
        listen = Optional.empty();
        server = startServer();
    }

    // ---- users

    @Test
    void isOpenToOthersWhereTheirGroupsHaveRoles() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(api)))
                .isEqualTo("rw-rw-rw-");
    }

    @Test
    void knowsLocalUsersByTheKernel() throws Exception {
        assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                .as("becoming another user needs root")
                .isEqualTo(0);
        assumeThat(Path.of("/usr/bin/setpriv"))
                .as("setpriv and curl ask as another user")
                .isExecutable();
        assumeThat(Path.of("/usr/bin/curl")).isExecutable();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(askAs(12345, "GET", "/v1/partitions")).contains("{\"partitions\":[]}", "HTTP 200");
        assertThat(askAs(12345, "POST", "/v1/partitions/db/start")).contains("12345 has viewer", "HTTP 403");
        assertThat(askAs(54321, "GET", "/v1/partitions"))
                .contains("the user 54321 may not use this control plane", "HTTP 403");
        assertThat(askAs(54321, "GET", "/livez")).contains("HTTP 200");
        assertThat(ask("GET", "/v1/audit", "").body())
                .contains("\"who\":\"54321\",\"transport\":\"unix\",\"address\":\"group 54321\"");
    }

    private String askAs(int uid, String method, String path) throws IOException, InterruptedException {
        Process curl = new ProcessBuilder(
                        "setpriv",
                        "--reuid",
                        Integer.toString(uid),
                        "--regid",
                        Integer.toString(uid),
                        "--clear-groups",
                        "curl",
                        "-s",
                        "-X",
                        method,
                        "-w",
                        "HTTP %{http_code}",
                        "--unix-socket",
                        api.toString(),
                        "http://b" + path)
                .redirectErrorStream(true)
                .start();
        String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
