package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, the audit trail, and progress of long work. */
class ApiVerbsTest {
    private static final ZoneId UTC = ZoneId.of("UTC");

    @TempDir
    Path directory;

    private FakeApi api;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectories(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    private static Json json(String text) {
        return JsonReader.read(text.replace('\'', '"'));
    }

    // ---- tokens

    @Test
    void printsTheSecretOnceAndNothingElse() {
        api.answer(
                "POST /v1/tokens",
                json(
                        "{'id':'k3','role':'viewer','note':'x','createdBy':'root','createdAtMillis':1,'secret':'bht_k3_s'}"));

        CliRun.Outcome outcome = run("token", "create", "--role", "viewer", "--expires", "90d", "--note", "grafana");

        assertThat(outcome.out()).isEqualTo("bht_k3_s\n");
        assertThat(outcome.err()).contains("the only time that the token is shown");
        assertThat(api.requests())
                .singleElement()
                .asString()
                .startsWith("POST /v1/tokens {")
                .contains("\"role\":\"viewer\"", "\"note\":\"grafana\"", "\"expiresInSeconds\":7776000");
    }

    @Test
    void listsAndRevokesTokens() {
        api.answer(
                "GET /v1/tokens",
                json("{'tokens':[{'id':'k3','role':'admin','note':'ci','createdBy':'root','createdAtMillis':1,"
                        + "'expiresAtMillis':2}]}"));
        api.raw("DELETE /v1/tokens/k3", "HTTP/1.1 204 Gone\r\n", "");

        assertThat(run("token", "list").out())
                .contains("ID  ROLE   MADE", "k3  admin  1970-01-01", "expired 1970-01-01", "ci");
        CliRun.Outcome revoked = run("token", "revoke", "k3", "k4", "../x");

        assertThat(revoked.code()).isEqualTo(3);
        assertThat(revoked.err()).contains("k3: revoked", "'../x' is not the id of a token");
    }

    @Test
    void namesTheRolesAndTimesThatThereAre() {
        assertThat(run("token", "create", "--role", "root").err()).contains("use viewer, operator or admin");
        CliRun.Outcome outcome = run("token", "create", "--role", "viewer", "--expires", "soon");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--expires does not know 'soon'", "like 90d");
    }

    // ---- the audit trail

    @Test
    void showsTheAuditTrailPageByPage() {
        String entry = "{'sequence':1,'timeMillis':0,'who':'token k3','transport':'tcp','address':'127.0.0.1:5',"
                + "'verb':'stop','partition':'db','outcome':'denied','problem':'not-permitted'}";
        api.answer("GET /v1/audit?since=0", json("{'entries':[" + entry + "],'next':'abc'}"));
        api.answer(
                "GET /v1/audit?since=0&cursor=abc",
                json("{'entries':["
                        + entry.replace("'sequence':1", "'sequence':2").replace("stop", "start") + "]}"));

        CliRun.Outcome outcome = run("audit");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines()).hasSize(2);
        assertThat(outcome.out())
                .containsPattern("token k3 +stop +db +denied +not-permitted \\(tcp, 127.0.0.1:5\\)\n")
                .containsPattern("token k3 +start ");
        assertThat(run("audit", "-o", "json").out().lines()).allMatch(line -> line.startsWith("{\"sequence\":"));
    }

    @Test
    void knowsTimesAgoAndDates() {
        assertThat(TimeText.millis("--since", "90s", 100_000, UTC)).isEqualTo(10_000);
        assertThat(TimeText.millis("--since", "7d", 1_000, UTC)).isZero();
        assertThat(TimeText.millis("--since", "1970-01-02", 0, UTC)).isEqualTo(86_400_000);
        assertThat(TimeText.millis("--since", "1970-01-01T00:00:01", 0, UTC)).isEqualTo(1_000);
        assertThatThrownBy(() -> TimeText.millis("--since", "yesterday", 0, UTC))
                .hasMessageContaining("--since does not know");
    }

    // ---- progress

    private static String operation(String state, String rest) {
        return "{'id':'o-1','verb':'start','partition':'db','by':'root','state':'" + state
                + "','startedAtMillis':1,'steps':[]" + rest + "}";
    }

    private void accept(String end) {
        String step = "[{'timeMillis':1,'what':'partition-starting'}]";
        String running = operation("running", "").replace("[]", step).replace('\'', '"');
        api.raw(
                "POST /v1/partitions/db/start",
                "HTTP/1.1 202 Accepted\r\nLocation: /v1/operations/o-1\r\n",
                operation("running", "").replace('\'', '"'));
        api.answer("GET /v1/operations/o-1?wait=1&seen=0", JsonReader.read(running));
        api.answer("GET /v1/operations/o-1?wait=1&seen=1", json(end));
    }

    @Test
    void showsStepsOnATerminalAndLeavesNothingOfThem() {
        accept(operation("done", ",'result':" + Samples.json(Samples.status("db", State.RUNNING))));

        CliRun.Outcome outcome = new CliRun(directory).typing("", true).run("start", "db");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.err())
                .contains("| db: start, 0 s", "/ db: start, 0 s, partition-starting")
                .contains(" \rdb: running (pid 4711)\n");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void tellsTheProblemOfWorkThatFailed() {
        accept(operation("failed", ",'problem':" + Samples.problem("wrong-state", "db is paused", "resume it")));

        CliRun.Outcome outcome = new CliRun(directory).typing("", true).run("start", "db");

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err()).contains("bulkhead: db is paused", "fix: resume it");
    }

    @Test
    void waitsQuietlyWhereNobodyLooks() {
        api.answer("POST /v1/partitions/db/start", Samples.json(Samples.status("db", State.RUNNING)));

        CliRun.Outcome outcome = run("start", "db");

        assertThat(outcome.err()).isEqualTo("db: running (pid 4711)\n");
        assertThat(api.requests()).containsExactly("POST /v1/partitions/db/start {}");
    }

    @Test
    void followsPagesOfPartitions() {
        String first = Samples.list(Samples.status("db", State.RUNNING)).toString();
        api.answer("GET /v1/partitions", JsonReader.read(first.substring(0, first.length() - 1) + ",\"next\":\"c\"}"));
        api.answer("GET /v1/partitions?cursor=c", Samples.list(Samples.status("web", State.BOUND)));

        assertThat(run("list").out()).contains("db ", "web ");
    }
}
