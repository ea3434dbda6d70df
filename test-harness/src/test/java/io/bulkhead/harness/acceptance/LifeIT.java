package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The life of partitions as an administrator sees it, through the command line. */
class LifeIT {
    private static final String CLI_ONLY = "command line and API answer alike on every kernel";

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

    @Test
    void everyVerbIsIdempotent() {
        host.run("define", "twice", "--cpus", "0.2", "--memory", "64MiB").expect(0);
        host.run("define", "twice", "--cpus", "0.2", "--memory", "64MiB").expect(0);
        host.run("start", "twice").expect(0);
        long pid = host.show("twice").pid().orElseThrow();
        host.run("start", "twice").expect(0);
        assertThat(host.show("twice").pid()).contains(pid);
        host.run("pause", "twice").expect(0);
        host.run("pause", "twice").expect(0);
        assertThat(host.show("twice").state()).isEqualTo(State.PAUSED);
        host.run("resume", "twice").expect(0);
        host.run("stop", "twice").expect(0);
        host.run("stop", "twice").expect(0);
        host.run("release", "twice", "--yes").expect(0);
        host.run("release", "twice", "--yes").expect(0);
        host.run("bind", "twice").expect(0);
        host.run("delete", "twice", "--yes").expect(0);
        host.run("delete", "twice", "--yes").expect(3);
    }

    @Test
    @NotInTheLab(CLI_ONLY)
    void destructiveVerbsRefuseWithoutYesWhereNobodyCanBeAsked() {
        host.run("define", "kept", "--cpus", "0.2", "--memory", "64MiB").expect(0);

        Installation.Result result = host.run("delete", "kept");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("--yes");
        assertThat(host.show("kept").state()).isEqualTo(State.BOUND);
    }

    @Test
    @NotInTheLab(CLI_ONLY)
    void unknownNamesAreToldWithTheNearestOne() {
        host.run("define", "database", "--cpus", "0.2", "--memory", "64MiB").expect(0);

        Installation.Result result = host.run("show", "databse");

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).contains("database");
    }

    @Test
    @NotInTheLab(CLI_ONLY)
    void applyIsDeclarativeAndSaysWhatItDid() throws IOException {
        Path file = Files.writeString(host.directory().resolve("set.yaml"), """
                partitions:
                  web:
                    cpus: 0.2
                    memory: 64MiB
                  jobs:
                    cpus: 0.1
                    memory: 32MiB
                """);

        assertThat(host.run("apply", "-f", file.toString(), "--yes").expect(0).out())
                .contains("web", "jobs", "created");
        assertThat(host.run("apply", "-f", file.toString(), "--yes").expect(0).out())
                .contains("unchanged")
                .doesNotContain("created");
    }

    @Test
    @NotInTheLab(CLI_ONLY)
    void brokenDefinitionsAreToldAllAtOnceWithFileAndLine() throws IOException {
        Path file = Files.writeString(host.directory().resolve("broken.yaml"), """
                partitions:
                  web:
                    cpus: two
                    memory: 64MB
                    colour: red
                """);

        Installation.Result result = host.run("apply", "-f", file.toString(), "--yes");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains("broken.yaml:3")
                .contains("broken.yaml:4")
                .contains("broken.yaml:5")
                .contains("colour");
        assertThat(host.run("list").out()).doesNotContain("web");
    }

    @Test
    @Proves("a service is supervised")
    void aServiceIsSupervised() throws IOException {
        Path file = Files.writeString(host.directory().resolve("service.yaml"), """
                partitions:
                  served:
                    cpus: 0.3
                    memory: 64MiB
                    init:
                      service: [/bin/sh, -c, "echo serving-$$; exec sleep 1000"]
                      restart: always
                """);
        host.run("apply", "-f", file.toString(), "--yes").expect(0);
        host.run("start", "served").expect(0);
        host.awaitConsole("served", "serving-");

        String first = host.exec("served", "cat /run/service.pid").out().strip();
        host.exec("served", "kill -9 " + first).expect(0);

        await().atMost(Patience.seconds(10))
                .until(() -> host.exec("served", "cat /run/service.pid").out().strip(), pid -> !pid.equals(first));
    }

    @Test
    @Proves("systemd inside: boots to login, restarts, powers off")
    void poweroffInsideIsACleanStopAndRebootStartsAgain() {
        host.run("define", "full", "--cpus", ThisHost.partOfCpu("0.5"), "--memory", "512MiB", "--init", "systemd")
                .expect(0);
        host.run("start", "full").expect(0);
        host.awaitConsole("full", "full login:");
        await().atMost(Patience.seconds(60)).until(() -> host.exec("full", "systemctl is-active multi-user.target")
                .out()
                .equals("active\n"));
        assertThat(host.exec("full", "systemctl --failed --no-legend --plain").out())
                .isEmpty();
        long first = host.show("full").pid().orElseThrow();

        host.exec("full", "systemctl reboot");
        await().atMost(Patience.seconds(60)).until(() -> {
            PartitionStatus status = host.show("full");
            return status.state() == State.RUNNING
                    && !status.pid().orElseThrow().equals(first);
        });

        await().atMost(Patience.seconds(60)).until(() -> host.exec("full", "systemctl is-active multi-user.target")
                .out()
                .equals("active\n"));
        host.exec("full", "systemctl poweroff");
        await().atMost(Patience.seconds(60)).until(() -> host.show("full").state() == State.BOUND);
    }

    @Test
    void execPassesInputOutputAndStatus() {
        host.run("define", "worker", "--cpus", "0.3", "--memory", "64MiB").expect(0);
        host.run("start", "worker").expect(0);

        Installation.Result result =
                host.runWithInput("from outside\n", "exec", "worker", "--", "sh", "-c", "cat; echo err >&2; exit 42");

        assertThat(result).isEqualTo(new Installation.Result(42, "from outside\n", "err\n"));
        host.run("exec", "worker", "--", "no-such-program").expect(127);
        host.run("exec", "worker", "--", "sh", "-c", "kill -9 $$").expect(137);
    }

    @Test
    void aCommandHearsSignalsAndEndsWithItsPeer() throws IOException {
        host.run("define", "worker", "--cpus", "0.3", "--memory", "64MiB").expect(0);
        host.run("start", "worker").expect(0);

        // A signal reaches the command, and its own status comes back
        try (FrameStream stream = host.open("worker", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")) {
            stream.receive();
            stream.send(Frame.stream(new StreamMessage.Signal(15)));
            assertThat(stream.receive().orElseThrow().as(StreamMessage.class)).isEqualTo(new StreamMessage.Exited(7));
        }

        // One that does not want to go is gone soon after its peer
        try (FrameStream stream = host.open("worker", "trap '' HUP TERM; echo ready; exec sleep 98765")) {
            stream.receive();
            assertThat(host.exec("worker", "cat /proc/[0-9]*/cmdline").out()).contains("98765");
        }
        await().atMost(Patience.seconds(20))
                .until(() ->
                        !host.exec("worker", "cat /proc/[0-9]*/cmdline").out().contains("98765"));
    }

    @Test
    @NotInTheLab(CLI_ONLY)
    void jsonIsTheBodyOfTheApiUnchanged() {
        host.run("define", "same", "--cpus", "0.2", "--memory", "64MiB").expect(0);

        String json = host.run("show", "same", "-o", "json").expect(0).out();

        assertThat(io.bulkhead.contract.wire.JsonReader.read(json.strip()))
                .isEqualTo(host.api().get("/v1/partitions/same"));
    }

    @Test
    @Proves("a partition runs the host's own OS under its own identity")
    void theOsIsTheHostsAndTheIdentityIsNot() throws IOException {
        host.run("define", "twin", "--cpus", "0.3", "--memory", "128MiB").expect(0);
        host.run("start", "twin").expect(0);

        assertThat(host.exec("twin", "stat -c %i /usr").out().strip())
                .isEqualTo(Files.getAttribute(Path.of("/usr"), "unix:ino").toString());
        assertThat(host.exec("twin", "cat /etc/os-release").out())
                .isEqualTo(Files.readString(Path.of("/etc/os-release")));
        assertThat(host.exec("twin", "hostname").out().strip()).isEqualTo("twin");
        assertThat(host.exec("twin", "dpkg -l | md5sum").out())
                .isEqualTo(Commands.run(java.util.List.of("sh", "-c", "dpkg -l | md5sum"), "", Patience.seconds(30))
                        .out());
        assertThat(host.exec("twin", "cat /etc/machine-id").out().strip()).matches("[0-9a-f]{32}");
    }
}
