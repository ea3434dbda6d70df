package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class VerbsTest {
    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer(
                "GET /v1/partitions",
                Samples.list(Samples.status("db", State.RUNNING), Samples.status("web", State.BOUND)));
        api.answer("GET /v1/partitions/db", Samples.json(Samples.status("db", State.RUNNING)));
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    // ---- looking

    @Test
    void listsPartitionsAsATable() {
        CliRun.Outcome outcome = run("list");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines().toList())
                .containsExactly(
                        "NAME  STATE    CPUS   MEMORY  TASKS  IO          INIT    PID  CONSOLE",
                        "db    running  1 (1)   1 GiB    512  w 20 MiB/s  shell  4711  2/root#7",
                        "web   bound    1 (1)   1 GiB    512  w 20 MiB/s  shell     -  2/root#7");
    }

    @ParameterizedTest
    @CsvSource({"list, /v1/partitions", "ls, /v1/partitions", "show db, /v1/partitions/db"})
    void givesTheBodyOfTheApiUnchangedAsJson(String command, String path) {
        CliRun.Outcome outcome = run((command + " -o json").split(" "));

        assertThat(outcome.code()).isZero();
        assertThat(api.requests()).containsExactly("GET " + path);
        Json expected = path.endsWith("db")
                ? Samples.json(Samples.status("db", State.RUNNING))
                : Samples.list(Samples.status("db", State.RUNNING), Samples.status("web", State.BOUND));
        assertThat(JsonReader.read(outcome.out())).isEqualTo(expected);
    }

    @Test
    void showsEveryPromiseWithItsEvidence() {
        CliRun.Outcome outcome = run("show", "db");

        assertThat(outcome.out()).contains("RESOURCE  PROMISED  KERNEL SAYS  STRENGTH    HELD", "memory    1GiB");
    }

    @Test
    void showsWhatOthersTookOfThePartitionsCpus() {
        PartitionStatus plain = Samples.status("db", State.RUNNING);
        api.answer("GET /v1/partitions/db", Samples.json(Samples.watched(plain)));

        CliRun.Outcome outcome = run("show", "db");

        assertThat(outcome.out())
                .containsPattern("intrusion +3‰ in the last window: 30 ms of 10 s, give or take 20 ms; 1.23 s since 20")
                .containsPattern("interrupts +2500 LOC \\(Local timer interrupts\\), 3 36 \\(virtio1-req.0\\)");
        assertThat(outcome.out()).doesNotContain("stolen");
    }

    @Test
    void showsOneSampleOfUsageWhereNobodyWatches() {
        api.answer("GET /v1/usage", Samples.usages(Samples.usage("db", 5, 1000, "256MiB", 17)));

        CliRun.Outcome outcome = run("top", "--interval", "1");

        assertThat(outcome.code()).isZero();
        assertThat(api.requests()).containsExactly("GET /v1/usage", "GET /v1/usage");
        assertThat(outcome.out().lines().toList())
                .containsExactly(
                        "NAME  STATE    CPU  OF      MEMORY  SHARE     OF  TASKS   OF  INTRUSION  WAITED FOR  OOM KILLS  REFUSED",
                        "db    running    -  1 (1)  256 MiB  25.0%  1 GiB     17  512         3‰  -                   0        0");
    }

    @Test
    void givesUsageUnchangedAsJson() {
        Json body = Samples.usages(Samples.usage("db", 5, 1000, "256MiB", 17));
        api.answer("GET /v1/usage", body);

        CliRun.Outcome outcome = run("top", "-o", "json");

        assertThat(JsonReader.read(outcome.out())).isEqualTo(body);
        assertThat(api.requests()).hasSize(1);
    }

    @Test
    void refusesASampleOfNoLength() {
        assertThat(run("top", "--interval", "0").code()).isEqualTo(2);
        assertThat(run("top", "--sort", "colour").code()).isEqualTo(2);
    }

    @Test
    void takesOptionsBeforeAndAfterTheVerb() {
        assertThat(run("-o", "json", "list").out())
                .isEqualTo(run("list", "-o", "json").out())
                .startsWith("{");
    }

    @Test
    void verifiesWithTheExitCodeOfABrokenPromise() {
        api.answer("GET /v1/partitions/db/certificate", Samples.certificate("db", true));
        api.answer("GET /v1/partitions/web/certificate", Samples.certificate("web", false));

        CliRun.Outcome all = run("verify");
        CliRun.Outcome one = run("verify", "db");

        assertThat(all.code()).isEqualTo(10);
        assertThat(all.out())
                .contains("db: every promise holds", "web: 1 of 1 promises broken", "somebody wrote to it");
        assertThat(one.code()).isZero();
    }

    // ---- errors

    @ParameterizedTest
    @EnumSource(ProblemCode.class)
    void endsWithTheExitCodeOfTheProblem(ProblemCode code) {
        Json problem = Samples.problem(RecordCodec.constantName(code), "it is so", "do this", "held by db");
        api.refuse("POST /v1/partitions/web/start", code.httpStatus(), problem);

        CliRun.Outcome outcome = run("start", "web");

        assertThat(outcome.code()).isEqualTo(code.exitCode());
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("bulkhead: it is so\n  held by db\nfix: ");
    }

    @Test
    void guessesANameThatIsNotThere() {
        CliRun.Outcome outcome = run("show", "dbb");

        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).endsWith("fix: did you mean db?\n");
    }

    @ParameterizedTest
    @CsvSource({
        "lst, did you mean list?",
        "start, takes names of partitions",
        "start db --all, takes names of partitions",
        "list --owerride x=y, did you mean --override?",
        "define db, Missing required options",
        "show UPPER, is not a partition name",
        "list -o yaml, Invalid value"
    })
    void endsWithUsageWhereTheCommandIsNotUnderstood(String command, String said) {
        CliRun.Outcome outcome = run(command.split(" "));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).containsIgnoringCase(said);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void saysHowToStartAControlPlaneThatIsNotThere() throws IOException {
        api.close();

        CliRun.Outcome outcome = run("list");

        assertThat(outcome.code()).isEqualTo(7);
        assertThat(outcome.err()).contains("does not answer", "fix: start it with 'bulkhead up'");
        assertThat(run("status").code()).isEqualTo(7);
    }

    @Test
    void reportsEveryFaultOfTheSettings() {
        CliRun.Outcome outcome = run("list", "--override", "host.cpu=1", "--override", "partitions.uid_base=7");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err().lines()).hasSize(2).allMatch(line -> line.startsWith("bulkhead: override"));
    }

    // ---- acting

    @Test
    void startsSeveralAndGoesOnWhereOneFails() {
        api.refuse("POST /v1/partitions/a/start", 409, Samples.problem("wrong-state", "a is paused", "resume it"));
        api.answer("POST /v1/partitions/web/start", Samples.json(Samples.status("web", State.RUNNING)));

        CliRun.Outcome outcome = run("start", "a", "web");

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err()).contains("bulkhead: a is paused", "web: running (pid 4711)");
    }

    @Test
    void startsAllThatCanBeStarted() {
        api.answer("POST /v1/partitions/web/start", Samples.json(Samples.status("web", State.RUNNING)));

        CliRun.Outcome outcome = run("start", "--all", "--quiet");

        assertThat(outcome).isEqualTo(new CliRun.Outcome(0, "", ""));
        assertThat(api.requests()).containsExactly("GET /v1/partitions", "POST /v1/partitions/web/start {}");
    }

    @ParameterizedTest
    @CsvSource({"delete db", "stop --kill db", "release web", "restart --kill db"})
    void refusesWhatDestroysWithoutATerminalAndWithoutYes(String command) {
        CliRun.Outcome outcome = run(command.split(" "));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--yes");
        assertThat(api.requests()).noneMatch(request -> request.startsWith("POST") || request.startsWith("DELETE"));
    }

    @Test
    void asksOnATerminal() {
        api.raw("DELETE /v1/partitions/db", "HTTP/1.1 204 Gone\r\n", "");

        CliRun.Outcome no = new CliRun(directory).typing("n\n", true).run("delete", "db");
        CliRun.Outcome yes = new CliRun(directory).typing("y\n", true).run("delete", "db");

        assertThat(no.code()).isEqualTo(1);
        assertThat(no.err()).contains("This removes db with all files. Go on? [y/N]", "nothing was done");
        assertThat(yes.code()).isZero();
        assertThat(api.requests())
                .filteredOn(request -> request.startsWith("DELETE"))
                .hasSize(1);
    }

    @Test
    void wipesVolumesOnlyWhenThatIsSaid() {
        api.raw("DELETE /v1/partitions/db", "HTTP/1.1 204 Gone\r\n", "");
        api.raw("DELETE /v1/partitions/db?wipe=true", "HTTP/1.1 204 Gone\r\n", "");

        run("delete", "db", "--yes");
        CliRun.Outcome asked = new CliRun(directory).typing("y\n", true).run("delete", "db", "--wipe");

        assertThat(asked.err()).contains("This removes db with all files and wipes all volumes for good. Go on? [y/N]");
        assertThat(api.requests())
                .filteredOn(request -> request.startsWith("DELETE"))
                .containsExactly("DELETE /v1/partitions/db", "DELETE /v1/partitions/db?wipe=true");
    }

    @Test
    void sendsKillOnlyWhenAsked() {
        api.answer("POST /v1/partitions/db/stop", Samples.json(Samples.status("db", State.BOUND)));

        run("stop", "db");
        run("stop", "db", "--kill", "--yes");

        assertThat(api.requests())
                .containsExactly("POST /v1/partitions/db/stop {}", "POST /v1/partitions/db/stop {\"kill\":true}");
    }

    // ---- defining

    @Test
    void definesWhatTheOptionsSay() {
        api.answer("PUT /v1/partitions/db", Samples.json(Samples.status("db", State.BOUND)));

        CliRun.Outcome outcome = run(
                "define",
                "db",
                "--cpus",
                "0.5",
                "--memory",
                "512MiB",
                "--tasks",
                "99",
                "--io-write",
                "20MiB/s",
                "--io-read-ops",
                "500/s",
                "--autostart",
                "--description",
                "the data",
                "--service",
                "/bin/db",
                "--",
                "-v",
                "x");

        assertThat(outcome.code()).isZero();
        assertThat(api.requests())
                .containsExactly(
                        "PUT /v1/partitions/db {\"definition\":{\"name\":\"db\",\"claim\":{\"cpus\":{\"type\":\"part\","
                                + "\"amountMillis\":500},\"memoryBytes\":536870912,\"tasks\":99,\"io\":{"
                                + "\"readBytesPerSecond\":\"unlimited\",\"writeBytesPerSecond\":20971520,"
                                + "\"readOperationsPerSecond\":500,\"writeOperationsPerSecond\":\"unlimited\"}},"
                                + "\"init\":{\"type\":\"service\",\"command\":[\"/bin/db\",\"-v\",\"x\"],"
                                + "\"restart\":\"always\"},\"autostart\":true,\"hostOpt\":false,"
                                + "\"stopTimeoutMillis\":10000,\"description\":\"the data\"}}");
    }

    @Test
    void asksForIsolatedCpusAndDeathAsAGroup() {
        api.answer("PUT /v1/partitions/db", Samples.json(Samples.status("db", State.BOUND)));

        CliRun.Outcome outcome = run("define", "db", "--cpus", "2", "--memory", "512MiB", "--isolated", "--oom-group");

        assertThat(outcome.code()).isZero();
        assertThat(api.requests())
                .singleElement()
                .asString()
                .contains("\"threads\":\"whole-core\",\"isolated\":true}")
                .contains("\"oomGroup\":true}");
    }

    @Test
    void givesATurnToOneThatStartsWithTheManager() {
        api.answer("PUT /v1/partitions/db", Samples.json(Samples.status("db", State.BOUND)));

        run("define", "db", "--cpus", "2", "--memory", "512MiB", "--autostart", "--start-order", "5");
        CliRun.Outcome alone = run("define", "db", "--cpus", "2", "--memory", "512MiB", "--start-order", "5");

        assertThat(api.requests()).singleElement().asString().contains("\"startOrder\":5");
        assertThat(alone.code()).isEqualTo(2);
        assertThat(alone.err()).contains("belongs to a partition that starts with the manager");
    }

    @Test
    void aPartOfACpuCannotBeIsolated() {
        CliRun.Outcome outcome = run("define", "db", "--cpus", "0.5", "--memory", "512MiB", "--isolated");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--isolated go with whole CPUs only");
    }

    @ParameterizedTest
    @CsvSource({
        "--memory 1GB, unknown unit",
        "--memory 1GiB --init shel, there is no init 'shel'",
        "--memory 1GiB --init service, go together",
        "--memory 1GiB --threads some, --threads does not know 'some'"
    })
    void refusesDefinitionsBeforeTheyAreSent(String options, String said) {
        CliRun.Outcome outcome = run(("define db --cpus 1 " + options).split(" "));

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(said);
        assertThat(api.requests()).isEmpty();
    }

    private static final String FILE = """
            partitions:
              db:
                cpus: 1
                memory: 1GiB
              web:
                cpus: 1
                memory: 2GiB
              fresh:
                cpus: 0.5
                memory: 64MiB
            """;

    @Test
    void appliesAFileAndTellsWhatItDid() {
        api.answer("PUT /v1/partitions/web", Samples.json(Samples.status("web", State.BOUND)));
        api.answer("PUT /v1/partitions/fresh", Samples.json(Samples.status("fresh", State.BOUND)));

        CliRun.Outcome refused = new CliRun(directory).typing(FILE, false).run("apply", "-f", "-");
        CliRun.Outcome applied = new CliRun(directory).typing(FILE, false).run("apply", "-f", "-", "--yes");

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("This changes the definition of web");
        assertThat(applied.out()).isEqualTo("""
                standard input
                  = db     unchanged
                  ~ web    change     memory: 1GiB -> 2GiB
                  + fresh  create     0.5 CPU, 64 MiB
                1 to create, 1 to change, 1 unchanged
                web: changed
                fresh: created
                """);
        assertThat(applied.code()).isZero();
        assertThat(api.requests())
                .filteredOn(request -> request.startsWith("PUT"))
                .hasSize(2);
    }

    @Test
    void reportsEveryFaultOfAFile() {
        CliRun.Outcome outcome = new CliRun(directory)
                .typing("partitions:\n  a:\n    cpus: many\n    memory: 1\n", false)
                .run("apply", "-f", "-");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err().lines())
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.startsWith("bulkhead: standard input:"));
    }

    // ---- help

    @Test
    void listsEveryExitCode() {
        String codes = run("help", "exit-codes").out();

        for (ProblemCode code : ProblemCode.values()) {
            assertThat(codes).containsPattern("(?m)^ +" + code.exitCode() + "  ");
        }
    }

    @Test
    void describesEveryVerb() {
        var verbs = Main.commandLine(new Bulkhead(Surroundings.ofProcess())).getSubcommands();

        verbs.forEach((name, verb) -> {
            CliRun.Outcome outcome = run("help", name);
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out())
                    .contains("Usage: bulkhead")
                    .contains(verb.getCommandSpec()
                            .usageMessage()
                            .description()[0]
                            .substring(0, 10));
        });
    }

    @Test
    void explainsASettingAndWhereItComesFrom() {
        CliRun.Outcome outcome = run("config", "explain", "host.cpus", "--override", "host.cpus=0-1");

        assertThat(outcome.out()).contains("host.cpus = 0-1", "from:    override");
        assertThat(run("config", "explain", "host.cpu").code()).isEqualTo(2);
        assertThat(JsonReader.read(run("config", "explain", "-o", "json").out()))
                .isInstanceOf(Json.Obj.class);
    }

    @Test
    void coloursOnlyForATerminalThatWantsIt() {
        CliRun terminal = new CliRun(directory).typing("", true);

        assertThat(terminal.run("list").out()).contains("\u001b[");
        assertThat(terminal.run("list", "--no-color").out()).doesNotContain("\u001b");
        assertThat(terminal.run("--no-color", "help", "list").out()).doesNotContain("\u001b");
        assertThat(terminal.with("CLICOLOR", "0").run("list").out()).doesNotContain("\u001b");
        assertThat(terminal.with("CLICOLOR_FORCE", "1").run("list").out()).contains("\u001b[");
        assertThat(terminal.with("NO_COLOR", "1").run("list").out()).doesNotContain("\u001b");
    }

    @Test
    void coloursElsewhereOnlyWhereItIsForced() {
        CliRun pipe = new CliRun(directory);

        assertThat(pipe.run("list").out()).doesNotContain("\u001b");
        assertThat(pipe.with("CLICOLOR_FORCE", "0").run("list").out()).doesNotContain("\u001b");
        assertThat(pipe.with("CLICOLOR_FORCE", "1").run("list").out()).contains("\u001b[");
        assertThat(pipe.run("list", "--no-color").out()).doesNotContain("\u001b");
    }

    @Test
    void aDumbTerminalGetsNeitherColoursNorAMovingCursor() {
        api.answer("GET /v1/usage", Samples.usages(Samples.usage("db", 5, 1000, "256MiB", 17)));
        CliRun dumb = new CliRun(directory).typing("", true).with("TERM", "dumb");

        assertThat(dumb.run("list").out()).doesNotContain("\u001b");
        assertThat(dumb.run("top", "--interval", "1").out())
                .doesNotContain("\u001b")
                .startsWith("NAME");
    }

    @Test
    void printsAsManySamplesOfUsageAsAskedFor() {
        api.answer("GET /v1/usage", Samples.usages(Samples.usage("db", 5, 1000, "256MiB", 17)));

        CliRun.Outcome outcome = run("top", "-n", "2", "--interval", "1");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines().filter(line -> line.startsWith("db "))).hasSize(2);
        assertThat(outcome.out().lines().filter(line -> line.startsWith("NAME")))
                .hasSize(2);
        assertThat(run("top", "-n", "0").code()).isEqualTo(2);
        assertThat(run("top", "-n", "2", "--interval", "1", "-o", "json").out().split("\"partitions\""))
                .hasSize(3);
    }

    @Test
    void showsTheEventsOneALine() {
        Json event = new Json.Obj(Map.of("sequence", Json.of(3)))
                .with("timeMillis", Json.of(0))
                .with(
                        "event",
                        new Json.Obj(Map.of("type", Json.of("partition-started")))
                                .with("partition", Json.of("db"))
                                .with("pid", Json.of(7)));
        api.answer(
                "GET /v1/events?after=0&follow=false", new Json.Obj(Map.of("events", new Json.Array(List.of(event)))));

        assertThat(run("events").out())
                .contains("3  partition-started")
                .contains("db")
                .endsWith("pid=7\n");
        assertThat(JsonReader.read(run("events", "-o", "json").out())).isEqualTo(event);
    }
}
