package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionLoader;
import io.bulkhead.console.testing.FakeApi;
import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Verbs that read and write files of definitions: apply, export, edit, config explain. */
@Timeout(30)
class FileVerbsTest {
    private FakeApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void serve() throws IOException {
        Files.createDirectory(directory.resolve("control"));
        api = new FakeApi(directory.resolve("control/api.sock"));
        api.answer(
                "GET /v1/partitions",
                Samples.list(
                        Samples.status("db", State.RUNNING),
                        Samples.status("web", State.BOUND),
                        Samples.status("old", State.BOUND)));
        api.answer("GET /v1/partitions/db", Samples.json(Samples.status("db", State.RUNNING)));
        api.answer("GET /v1/partitions/web", Samples.json(Samples.status("web", State.BOUND)));
        api.answer("GET /v1/partitions/old", Samples.json(Samples.status("old", State.BOUND)));
        api.answer("PUT /v1/partitions/web", Samples.json(Samples.status("web", State.BOUND)));
        api.answer("POST /v1/partitions/old/release", Samples.json(Samples.status("old", State.DEFINED)));
        api.raw("DELETE /v1/partitions/old", "HTTP/1.1 204 Gone\r\n", "");
    }

    @AfterEach
    void end() throws IOException {
        api.close();
    }

    private CliRun.Outcome run(String... args) {
        return new CliRun(directory).run(args);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private long changes() {
        return api.requests().stream()
                .filter(request -> !request.startsWith("GET") && !request.startsWith("POST /v1/plan "))
                .count();
    }

    private static String partition(String name, String memory) {
        return "  " + name + ": {cpus: 1, memory: " + memory + "}\n";
    }

    // ---- apply

    @Test
    void doesNothingWhereAllIsSoAlready() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("web", "1GiB"));

        CliRun.Outcome outcome = run("apply", "-f", file.toString());

        assertThat(outcome).isEqualTo(new CliRun.Outcome(0, "nothing to do: 1 unchanged\n", ""));
        assertThat(changes()).isZero();
    }

    @Test
    void showsAndDoesNothingInADryRun() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("web", "2GiB"));

        CliRun.Outcome outcome = run("apply", "--dry-run", "-f", file.toString());

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .isEqualTo(file + "\n  ~ web  change     memory: 1GiB -> 2GiB\n"
                        + "1 to change; nothing was done (--dry-run)\n");
        assertThat(changes()).isZero();
        assertThat(directory.resolve(".a.yaml.applied")).doesNotExist();
        assertThat(JsonReader.read(run("apply", "--dry-run", "-o", "json", "-f", file.toString())
                        .out()))
                .hasToString("{\"dryRun\":true,\"files\":[{\"file\":\"" + file
                        + "\",\"done\":false,\"partitions\":[{\"name\":\"web\",\"action\":\"change\",\"changes\":["
                        + "{\"key\":\"memory\",\"before\":\"1GiB\",\"after\":\"2GiB\"}]}]}]}");
    }

    @Test
    void touchesNothingOfAFileThatWouldChangeWhatRuns() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("web", "2GiB") + partition("db", "2GiB"));
        Path other = file("b.yaml", "partitions:\n" + partition("old", "1GiB"));

        CliRun.Outcome outcome = run("apply", "--yes", "-f", file.toString(), other.toString());

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err())
                .contains(
                        "db is running; nothing of the file was done",
                        "fix: stop what is in the way: bulkhead stop db");
        assertThat(changes()).isZero();
        assertThat(directory.resolve(".b.yaml.applied")).exists();
    }

    @Test
    void putsBackAndTellsWhatItPutBack() throws IOException {
        api.refuse(
                "PUT /v1/partitions/large",
                409,
                Samples.problem("not-enough-resources", "needs 4 GiB", "release db", "db holds 4 GiB"));
        Path file = file("a.yaml", "partitions:\n" + partition("web", "2GiB") + partition("large", "4GiB"));

        CliRun.Outcome outcome = run("apply", "--yes", "-f", file.toString());

        assertThat(outcome.code()).isEqualTo(5);
        assertThat(outcome.err())
                .isEqualTo("bulkhead: " + file + ": nothing of it was done: needs 4 GiB; put back as before: web\n"
                        + "  db holds 4 GiB\nfix: release db\n");
        assertThat(api.requests())
                .filteredOn(request -> request.startsWith("PUT /v1/partitions/web"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"memoryBytes\":2147483648"),
                        back -> assertThat(back).contains("\"memoryBytes\":1073741824"));
        assertThat(directory.resolve(".a.yaml.applied")).doesNotExist();
    }

    private static final String SLICE = "{\"cpus\":{\"type\":\"whole\",\"cpus\":\"3\"},\"memoryNodes\":\"0\","
            + "\"memoryBytes\":2147483648,\"tasks\":512,\"io\":{\"readBytesPerSecond\":\"unlimited\","
            + "\"writeBytesPerSecond\":\"unlimited\",\"readOperationsPerSecond\":\"unlimited\","
            + "\"writeOperationsPerSecond\":\"unlimited\"}}";

    @Test
    void showsTheSlicesThatThePlannerWouldGive() throws IOException {
        api.answer(
                "POST /v1/plan",
                JsonReader.read(
                        "{\"fits\":true,\"method\":\"greedy\",\"partitions\":[{\"name\":\"new\",\"action\":\"new\","
                                + "\"slice\":" + SLICE + "}]}"));
        Path file = file("a.yaml", "partitions:\n" + partition("new", "2GiB"));

        CliRun.Outcome outcome = run("apply", "--dry-run", "-f", file.toString());

        assertThat(outcome.out()).contains("+ new  create     1 CPU (3), 2 GiB on node 0");
    }

    @Test
    void touchesNothingThatThePlannerFindsNoPlaceFor() throws IOException {
        api.answer(
                "POST /v1/plan",
                JsonReader.read("{\"fits\":false,\"method\":\"exact\",\"partitions\":[{\"name\":\"web\",\"action\":"
                        + "\"changed\",\"slice\":" + SLICE + "},{\"name\":\"new\",\"action\":\"refused\",\"problem\":"
                        + "{\"code\":\"not-enough-resources\",\"detail\":\"needs 4 GiB\",\"remedy\":\"release db\","
                        + "\"holders\":[\"db holds 4 GiB\"]}}]}"));
        Path file = file("a.yaml", "partitions:\n" + partition("web", "2GiB") + partition("new", "4GiB"));

        CliRun.Outcome outcome = run("apply", "--yes", "-f", file.toString());

        assertThat(outcome.code()).isEqualTo(5);
        assertThat(outcome.err())
                .isEqualTo("bulkhead: " + file + ": nothing of it was done: needs 4 GiB\n  db holds 4 GiB\n"
                        + "fix: release db\n");
        assertThat(changes()).isZero();
        assertThat(run("apply", "--dry-run", "-f", file.toString()).code()).isEqualTo(5);
    }

    @Test
    void triesWhatThePlannerCouldNotProve() throws IOException {
        api.answer("POST /v1/plan", JsonReader.read("{\"fits\":false,\"method\":\"not-proven\",\"partitions\":[]}"));
        Path file = file("a.yaml", "partitions:\n" + partition("web", "2GiB"));

        assertThat(run("apply", "--yes", "-f", file.toString()).code()).isZero();
        assertThat(changes()).isEqualTo(1);
    }

    @Test
    void prunesOnlyWhatTheFileItselfHasMade() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("web", "1GiB") + partition("old", "1GiB"));
        run("apply", "-f", file.toString());
        file("a.yaml", "partitions:\n" + partition("web", "1GiB"));

        CliRun.Outcome told = run("apply", "-f", file.toString());
        CliRun.Outcome refused = run("apply", "--prune", "-f", file.toString());
        CliRun.Outcome pruned = run("apply", "--prune", "--yes", "-f", file.toString());

        assertThat(told.err()).contains("no longer names old; --prune deletes");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("This deletes old with all files");
        assertThat(pruned.out()).contains("- old  delete     with all files", "old: deleted");
        assertThat(pruned.code()).isZero();
        assertThat(api.requests())
                .filteredOn(request -> !request.startsWith("GET"))
                .containsExactly("POST /v1/partitions/old/release {}", "DELETE /v1/partitions/old");
        assertThat(Files.readString(directory.resolve(".a.yaml.applied"))).endsWith("bulkhead: web\n");
    }

    @Test
    void doesNotPruneWhatHasMovedToAnotherFile() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("web", "1GiB") + partition("old", "1GiB"));
        run("apply", "-f", file.toString());
        file("a.yaml", "partitions:\n" + partition("web", "1GiB"));
        Path other = file("b.yaml", "partitions:\n" + partition("old", "1GiB"));

        run("apply", "--prune", "--yes", "-f", file.toString(), other.toString());
        run("apply", "--prune", "--yes", "-f", file.toString());

        assertThat(changes()).isZero();
    }

    @Test
    void takesProfilesFromBesideTheDefinitions() throws IOException {
        Path profiles = Files.createDirectory(directory.resolve("profiles"));
        Files.writeString(profiles.resolve("p.yaml"), "profiles: {usual: {cpus: 1, memory: 1GiB}}\n");
        Path file = file("a.yaml", "partitions: {web: {from: usual}}\n");

        CliRun withSetting = new CliRun(directory)
                .with(
                        "BULKHEAD_INSTANCE_DEFINITIONS_DIR",
                        directory.resolve("partitions").toString());

        assertThat(withSetting.run("apply", "-f", file.toString()).out()).startsWith("nothing to do");
        assertThat(run("apply", "--profiles", profiles.toString(), "-f", file.toString())
                        .out())
                .startsWith("nothing to do");
        assertThat(run("apply", "-f", file.toString()).err()).contains("a.yaml:1:26: partitions.web.from: there is no");
    }

    @Test
    void readsADirectoryAndTellsOfEveryFaultBeforeAnythingIsAsked() throws IOException {
        Path set = Files.createDirectory(directory.resolve("set"));
        Files.writeString(set.resolve("a.yaml"), "partitions: {a: {cpus: 1, memory: 1GB}}\n");
        Files.writeString(set.resolve("b.yaml"), "partitions: {b: {cpus: many, memory: 1GiB}}\n");

        CliRun.Outcome outcome = run("apply", "-f", set.toString());

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err().lines()).hasSize(2);
        assertThat(api.requests()).isEmpty();
    }

    // ---- export

    @Test
    void whatIsExportedChangesNothingWhenItIsApplied() throws IOException {
        CliRun.Outcome exported = run("export");
        Path file = file("all.yaml", exported.out());

        CliRun.Outcome applied = run("apply", "-f", file.toString());

        assertThat(DefinitionLoader.load(file))
                .extracting(Definition::spec)
                .containsExactly(Samples.spec("db"), Samples.spec("web"), Samples.spec("old"));
        assertThat(applied.out()).isEqualTo("nothing to do: 3 unchanged\n");
        assertThat(run("export", "web").out())
                .startsWith("partitions:\n  web:\n")
                .doesNotContain("db");
        assertThat(run("export", "wep").code()).isEqualTo(3);
    }

    // ---- config explain

    @Test
    void explainsWhichLayerOfAFileSaidWhat() throws IOException {
        Path file = file("a.yaml", """
                profiles:
                  usual: {cpus: 1, memory: 1GiB}
                partitions:
                  web: {from: usual, tasks: 64}
                  db: {from: usual, memory: 2GiB}
                """);

        CliRun.Outcome one = run("config", "explain", "memory", "-f", file.toString(), "web");
        CliRun.Outcome both = run("config", "explain", "memory", "-f", file.toString());

        assertThat(one.out())
                .startsWith("web.memory = 1GiB\n  from:    profile usual, " + file + ":2:28 (default: required)\n");
        assertThat(both.out()).contains("web.memory = 1GiB", "db.memory = 2GiB\n  from:    definition, ");
        assertThat(run("config", "explain", "memroy", "-f", file.toString()).err())
                .contains("did you mean memory?");
        assertThat(run("config", "explain", "host.cpus", "web").code()).isEqualTo(2);
        assertThat(JsonReader.read(run("config", "explain", "tasks", "-f", file.toString(), "db", "-o", "json")
                        .out()))
                .hasToString("{\"db.tasks\":{\"value\":\"512\",\"source\":\"default\",\"place\":\"default\","
                        + "\"default\":\"512\",\"allowed\":\"a whole number from 16 to 4194304\"}}");
    }

    // ---- edit

    /** An editor that does something with the file $1 by sh. */
    private String editor(String script) throws IOException {
        Path program = file("editor-" + script.hashCode() + ".sh", "#!/bin/sh\n" + script + "\n");
        return "sh " + program;
    }

    private CliRun.Outcome edit(boolean terminal, String script, String... args) throws IOException {
        return new CliRun(directory)
                .typing("y\ny\ny\n", terminal)
                .with("EDITOR", editor(script))
                .run(args);
    }

    private static Path keptIn(CliRun.Outcome outcome) {
        Matcher place = Pattern.compile("your text is kept in (\\S+)").matcher(outcome.err());
        assertThat(place.find()).as(outcome.err()).isTrue();
        return Path.of(place.group(1));
    }

    @Test
    void appliesWhatTheEditorGivesBack() throws IOException {
        CliRun.Outcome outcome = edit(false, "sed -i 's/memory: 1GiB/memory: 2GiB/' \"$1\"", "edit", "web", "--yes");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("~ web  change     memory: 1GiB -> 2GiB", "web: changed");
        assertThat(changes()).isEqualTo(1);
        assertThat(api.conditions())
                .containsExactly("PUT /v1/partitions/web If-Match: "
                        + FakeApi.tag(Samples.json(Samples.status("web", State.BOUND))));
    }

    @Test
    void doesNothingWithATextThatIsLeftAsItWas() throws IOException {
        CliRun.Outcome outcome = edit(false, "exit 0", "edit", "web", "--yes");
        CliRun.Outcome commented = edit(false, "echo '# a remark' >> \"$1\"", "edit", "web", "--yes");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).contains("nothing to do");
        assertThat(commented.err()).contains("nothing to do");
        assertThat(changes()).isZero();
    }

    @Test
    void keepsTheTextAndNamesTheFileWhereNobodyCanCorrectIt() throws IOException {
        CliRun.Outcome outcome = edit(false, "sed -i 's/memory: 1GiB/memory: 2GB/' \"$1\"", "edit", "web", "--yes");

        Path kept = keptIn(outcome);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("partitions.web.memory: '2GB' has the unknown unit 'GB'");
        assertThat(kept).content().contains("memory: 2GB");
        assertThat(changes()).isZero();
        Files.delete(kept);
    }

    /** The first time it spoils the text; the second time it finds what is wrong as comments, and puts it right. */
    @Test
    void comesBackWithTheFaultsAsComments() throws IOException {
        Path seen = directory.resolve("seen");
        CliRun.Outcome outcome = edit(
                true,
                "cp \"$1\" " + seen + "\n"
                        + "if grep -q 2GB \"$1\"; then sed -i 's/2GB/2GiB/' \"$1\";"
                        + " else sed -i 's/memory: 1GiB/memory: 2GB/' \"$1\"; fi",
                "edit",
                "web");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("memory: 1GiB -> 2GiB", "web: changed");
        assertThat(Files.readAllLines(seen))
                .startsWith("#> This was not applied. Correct it, or leave it as it is to give up:")
                .element(1)
                .asString()
                .startsWith("#> line 7, column 13: partitions.web.memory: '2GB' has the unknown unit");
        assertThat(Files.readAllLines(seen).get(6)).isEqualTo("    memory: 2GB");
    }

    @Test
    void givesUpWhereTheTextComesBackWithItsFaults() throws IOException {
        CliRun.Outcome outcome = edit(true, "sed -i 's/memory: 1GiB/memory: 2GB/' \"$1\"", "edit", "web");

        Path kept = keptIn(outcome);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(kept).content().startsWith("#> This was not applied.").contains("memory: 2GB");
        Files.delete(kept);
    }

    @Test
    void keepsTheTextWhereItIsRefused() throws IOException {
        api.refuse(
                "PUT /v1/partitions/web",
                409,
                Samples.problem("not-enough-resources", "needs 2 GiB", "release db", "db holds 4 GiB"));

        CliRun.Outcome outcome = edit(false, "sed -i 's/memory: 1GiB/memory: 2GiB/' \"$1\"", "edit", "web", "--yes");

        assertThat(outcome.code()).isEqualTo(5);
        assertThat(outcome.err()).contains("needs 2 GiB", "db holds 4 GiB", "fix: release db");
        Files.delete(keptIn(outcome));
    }

    @Test
    void keepsTheTextWhereTheEditorFails() throws IOException {
        CliRun.Outcome outcome = edit(false, "exit 3", "edit", "web", "--yes");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("ended with 3");
        Files.delete(keptIn(outcome));
    }

    @Test
    void doesNotApplyOverSomebodyElsesChange() throws IOException {
        Path edited = directory.resolve("edited");
        Path changed = directory.resolve("changed");
        Thread other = new Thread(() -> {
            await().until(() -> Files.exists(edited));
            api.answer(
                    "GET /v1/partitions/web",
                    Samples.json(Samples.asking(Samples.status("web", State.BOUND), Samples.spec("web", 99))));
            create(changed);
        });
        other.start();

        CliRun.Outcome outcome = edit(
                false,
                "sed -i 's/memory: 1GiB/memory: 2GiB/' \"$1\"; touch " + edited + "; until [ -e " + changed
                        + " ]; do sleep 0.01; done",
                "edit",
                "web",
                "--yes");

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err()).contains("somebody else has changed web meanwhile");
        assertThat(changes()).isZero();
        Files.delete(keptIn(outcome));
    }

    @Test
    void keepsTheTextWhereTheControlPlaneSaysThatSomebodyWasFaster() throws IOException {
        api.refuse(
                "PUT /v1/partitions/web",
                412,
                Samples.problem("precondition-failed", "the partition web has the tag \"x\"", "get it again"));

        CliRun.Outcome outcome = edit(true, "sed -i 's/memory: 1GiB/memory: 2GiB/' \"$1\"", "edit", "web");

        assertThat(outcome.code()).isEqualTo(4);
        assertThat(outcome.err()).contains("the partition web has the tag", "fix: get it again");
        assertThat(keptIn(outcome)).content().doesNotContain("#> ").contains("memory: 2GiB");
        assertThat(changes())
                .as("as often as its state may have changed by itself")
                .isEqualTo(5);
        Files.delete(keptIn(outcome));
    }

    @Test
    void createsOnlyWhatIsStillNotThere() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("web", "2GiB") + partition("new", "1GiB"));
        api.answer("PUT /v1/partitions/new", Samples.json(Samples.status("new", State.BOUND)));

        assertThat(run("apply", "--yes", "-f", file.toString()).code()).isZero();
        assertThat(api.conditions())
                .containsExactly(
                        "PUT /v1/partitions/web If-Match: "
                                + FakeApi.tag(Samples.json(Samples.status("web", State.BOUND))),
                        "PUT /v1/partitions/new If-None-Match: *");

        // Between the list and the change somebody else defines it.
        api.answer("GET /v1/partitions/new", Samples.json(Samples.status("new", State.BOUND)));
        CliRun.Outcome late = run("apply", "--yes", "-f", file.toString());
        assertThat(late.code()).isEqualTo(4);
        assertThat(late.err())
                .contains("somebody else has defined new meanwhile; put back as before: web", "bulkhead export new");
    }

    @Test
    void takesNoSliceWhereNoneIsWanted() throws IOException {
        Path file = file("a.yaml", "partitions:\n" + partition("new", "1GiB"));
        api.answer("PUT /v1/partitions/new?bind=false", Samples.json(Samples.status("new", State.DEFINED)));

        CliRun.Outcome applied = run("apply", "--no-bind", "-f", file.toString());
        CliRun.Outcome defined = run("define", "new", "--cpus", "1", "--memory", "1GiB", "--no-bind");

        assertThat(applied.err()).isEmpty();
        assertThat(applied.out()).contains("+ new  create     1 CPU, 1 GiB; takes no slice", "new: created");
        assertThat(defined.err()).contains("new: defined, holds nothing; 'bulkhead bind new' takes its slice");
        assertThat(api.requests())
                .noneMatch(request -> request.startsWith("POST /v1/plan"))
                .filteredOn(request -> request.startsWith("PUT /v1/partitions/new?bind=false {\"definition\""))
                .hasSize(2);
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void refusesToEditWhatRunsAndWhatIsAnotherPartition() throws IOException {
        assertThat(edit(false, "exit 0", "edit", "db").code()).isEqualTo(4);
        assertThat(edit(false, "exit 0", "edit", "wep").err()).contains("did you mean web?");

        CliRun.Outcome outcome = edit(false, "sed -i 's/^  web:/  other:/' \"$1\"", "edit", "web", "--yes");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("this is not the partition that is edited");
        Files.delete(keptIn(outcome));
    }
}
