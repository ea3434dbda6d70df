package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Definitions in files against a real installation: all of a file or nothing, export, waiting, completion. */
@NotInTheLab("command line and API answer alike on every kernel")
class FilesIT {
    private static Installation host;

    @BeforeAll
    static void install() {
        host = Installation.up();
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @AfterEach
    void deletePartitions() {
        host.deletePartitions();
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(host.directory().resolve(name), text);
    }

    @Test
    void ofAFileAllIsDoneOrNothing() throws IOException {
        host.run("define", "web", "--cpus", "0.1", "--memory", "64MiB").expect(0);
        Path file = file("set.yaml", """
                partitions:
                  web: {cpus: 0.1, memory: 32MiB}
                  new: {cpus: 0.1, memory: 32MiB}
                  huge: {cpus: 0.1, memory: 512TiB}
                """);

        Installation.Result refused = host.run("apply", "-f", file.toString(), "--yes");

        assertThat(refused.status()).isEqualTo(5);
        assertThat(refused.err()).contains("nothing of it was done: needs 512TiB of memory");
        assertThat(host.run("list").out()).contains("web").doesNotContain("new", "huge");
        assertThat(host.show("web").slice().orElseThrow().memory()).hasToString("64MiB");
    }

    @Test
    void whatIsExportedIsSoAlready() throws IOException {
        Path profiles = Files.createDirectories(host.directory().resolve("profiles"));
        Files.writeString(profiles.resolve("sizes.yaml"), "profiles: {small: {cpus: 0.1, memory: 32MiB}}\n");
        Path file = file("from.yaml", """
                partitions:
                  one: {from: small, autostart: {order: 5}}
                  two: {from: small, memory: 48MiB, init: {service: [/bin/sleep, "1000"]}}
                """);
        host.run("apply", "-f", file.toString()).expect(0);

        Path exported = file("exported.yaml", host.run("export").expect(0).out());

        assertThat(host.run("apply", "-f", exported.toString()).expect(0).out())
                .isEqualTo("nothing to do: 2 unchanged\n");
        assertThat(host.run("apply", "-f", file.toString()).expect(0).out()).isEqualTo("nothing to do: 2 unchanged\n");
        assertThat(host.show("one").definition().startOrder()).contains(5);
    }

    @Test
    void deletesWhatAFileNoLongerNames() throws IOException {
        Path file = file("pruned.yaml", """
                partitions:
                  stays: {cpus: 0.1, memory: 32MiB}
                  goes: {cpus: 0.1, memory: 32MiB}
                """);
        host.run("apply", "-f", file.toString()).expect(0);
        host.run("define", "other", "--cpus", "0.1", "--memory", "32MiB").expect(0);
        file("pruned.yaml", "partitions: {stays: {cpus: 0.1, memory: 32MiB}}\n");

        host.run("apply", "-f", file.toString(), "--prune", "--yes").expect(0);

        assertThat(host.run("list").out()).contains("stays", "other").doesNotContain("goes");
    }

    @Test
    void waitsForWhatHappens() throws InterruptedException {
        host.run("define", "db", "--cpus", "0.1", "--memory", "32MiB").expect(0);
        Thread starting = new Thread(() -> host.run("start", "db"));
        starting.start();

        host.run("wait", "db", "--for", "running", "--timeout", "30s").expect(0);
        host.run("wait", "db", "--for", "held", "--timeout", "30s").expect(0);

        starting.join();
        assertThat(host.show("db").state()).isEqualTo(State.RUNNING);
        assertThat(host.run("wait", "db", "--for", "gone", "--timeout", "100ms").status())
                .isEqualTo(8);
    }

    @Test
    void bashCompletesTheNamesThatThereAre() throws IOException {
        host.run("define", "database", "--cpus", "0.1", "--memory", "32MiB").expect(0);
        Path script = file("completion.bash", host.run("completion").expect(0).out());

        Installation.Result completed = Commands.run(
                List.of(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(bulkhead show dat); COMP_CWORD=2; _bulkhead; echo"
                                + " \"${COMPREPLY[*]}\""),
                "",
                Duration.ofSeconds(20));

        assertThat(completed.out()).isEqualTo("database\n");
    }
}
