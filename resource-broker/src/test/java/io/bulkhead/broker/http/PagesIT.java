package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What browsers get beside the API, and the two routes of the API that their pages go by. */
class PagesIT extends ApiFixture {
    private static final byte[] PAGE = "<p>desk".getBytes(StandardCharsets.US_ASCII);
    private static final String TICKETS = "/v1/consoles/db/tickets";
    private static final String SOCKET = "/v1/consoles/db/socket";

    private final FakeConsoles fakes = new FakeConsoles();

    @Override
    Consoles consoles() {
        return fakes;
    }

    @Override
    Pages pages() {
        return path -> path.equals("/desk/")
                ? Optional.of(new Pages.Page("text/html; charset=utf-8", PAGE, "t1"))
                : Optional.empty();
    }

    @Override
    ApiAccess access() {
        return byTcp();
    }

    /** By TCP, from somebody whom nobody knows unless a header says so. */
    private RawClient.Answer tcp(String method, String path, String... headers) throws IOException {
        int port = server.tcpPort().orElseThrow();
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        boolean named = false;
        for (String header : headers) {
            head.append(header).append("\r\n");
            named |= header.startsWith("Host:");
        }
        head.append(named ? "" : "Host: localhost:" + port + "\r\n");
        try (RawClient client = new RawClient(port)) {
            client.send(head + "\r\n");
            return client.answer();
        }
    }

    private String bearer(String role) throws IOException {
        return "Authorization: Bearer "
                + ask("POST", "/v1/tokens", "{\"role\":\"" + role + "\"}").text("secret");
    }

    // ---- pages

    @Test
    void givesAPageToWhoeverComesAndLetsItLoadNothingFromElsewhere() throws Exception {
        RawClient.Answer page = tcp("GET", "/desk/");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEqualTo("<p>desk");
        assertThat(page.header("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.header("Content-Security-Policy").orElseThrow().split("; "))
                .contains(
                        "default-src 'none'",
                        "script-src 'self'",
                        "style-src 'self'",
                        "connect-src 'self'",
                        "base-uri 'none'",
                        "form-action 'none'",
                        "frame-ancestors 'none'")
                .noneMatch(each -> each.contains("unsafe") || each.contains("*"));
        assertThat(page.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.header("Referrer-Policy")).contains("no-referrer");
        assertThat(page.header("Cross-Origin-Opener-Policy")).contains("same-origin");
        assertThat(page.header("Cross-Origin-Resource-Policy")).contains("same-origin");
    }

    @Test
    void sendsWhatABrowserHasAlreadyNotAgain() throws Exception {
        RawClient.Answer page = tcp("GET", "/desk/");
        assertThat(page.header("ETag")).contains("\"t1\"");
        assertThat(page.header("Cache-Control")).contains("no-cache");

        RawClient.Answer same = tcp("GET", "/desk/", "If-None-Match: \"t1\"");
        RawClient.Answer other = tcp("GET", "/desk/", "If-None-Match: \"t0\"");

        assertThat(same.status()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.header("Content-Security-Policy")).isPresent();
        assertThat(other.status()).isEqualTo(200);
    }

    @Test
    void leadsToTheSlashWithoutWhichFilesBesideThePageAreNotFound() throws Exception {
        RawClient.Answer led = tcp("GET", "/desk");

        assertThat(led.status()).isEqualTo(308);
        assertThat(led.header("Location")).contains("/desk/");
        assertThat(led.header("Content-Security-Policy")).isPresent();
    }

    @Test
    void takesNothingElseForAPage() throws Exception {
        assertThat(tcp("POST", "/desk/", "Content-Length: 0").status()).isEqualTo(401);
        assertThat(tcp("GET", "/desk/x").status()).isEqualTo(401);
        assertThat(tcp("GET", "/v1/partitions").header("Content-Security-Policy"))
                .isEmpty();
        assertThat(tcp("GET", "/desk/", "Host: evil.example").status()).isEqualTo(421);
    }

    // ---- the ways of a page to a console

    @Test
    void givesTicketsToViewersAndToNobodyElse() throws Exception {
        RawClient.Answer made = tcp("POST", TICKETS, bearer("viewer"), "Content-Length: 0");

        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.text("ticket")).isEqualTo("ticket-1");
        assertThat(tcp("POST", TICKETS, "Content-Length: 0").status()).isEqualTo(401);
        assertThat(ask("POST", "/v1/consoles/other/tickets", "").status()).isEqualTo(404);
        assertThat(ask("GET", "/v1/audit", "").body())
                .contains("\"verb\":\"console-ticket\"")
                .doesNotContain("ticket-1");
    }

    @Test
    void repeatsNoTicketToWhoeverRepeatsTheRequest() throws Exception {
        String key = "Idempotency-Key: again-and-again";

        assertThat(ask("POST", TICKETS, "", key).body()).contains("ticket-1");
        assertThat(ask("POST", TICKETS, "", key).body()).doesNotContain("ticket-1");
    }

    @Test
    void leavesToTheConsolesWhoMayOpenASocketAndWritesDownWhoMayNot() throws Exception {
        RawClient.Answer refused = tcp(
                "GET",
                SOCKET,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(fakes.opened()).extracting(Caller::name).containsExactly("anonymous");
        assertThat(ask("GET", "/v1/audit", "").body())
                .contains("\"verb\":\"console-socket\",\"partition\":\"db\",\"outcome\":\"denied\"");
    }

    @Test
    void tellsTheConsolesWhoseTokenIsGoodNoMore() throws Exception {
        String id = ask("POST", "/v1/tokens", "{\"role\":\"viewer\"}").text("id");
        Caller bearer = new Caller("token " + id, Optional.of(Role.VIEWER), Caller.Transport.TCP, "");
        Caller user = new Caller("root", Optional.of(Role.ADMIN), Caller.Transport.UNIX, "");
        assertThat(fakes.knows(bearer)).isTrue();

        ask("DELETE", "/v1/tokens/" + id, "");

        assertThat(fakes.knows(bearer)).isFalse();
        assertThat(fakes.knows(user)).isTrue();
    }
}
