package io.bulkhead.manager.enter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.start.ConsoleTap;
import io.bulkhead.manager.start.Endings;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands in a running partition of this machine's kernel; needs root. */
@Alone("it compares what the whole host has before and after")
class NamespaceEntranceIT {
    private final TestGround ground = new TestGround();
    private final Entrance entrance =
            new NamespaceEntrance(ground.sys, ground.cgroups, name -> TestGround.restraints(new Init.Shell()));
    private RunningPartition partition = ground.boot(new Init.Shell(), false);
    private ConsoleTap console = new ConsoleTap(ground.sys, partition.console());

    @BeforeEach
    void waitForTheLoginPrompt() {
        console.expect("login: ");
    }

    @AfterEach
    void clean() {
        console.close();
        ground.close();
        assertThat(TestGround.processesOfRange()).isEmpty();
    }

    @Test
    void givesBackWhatACommandWritesAndItsStatus() {
        // When
        Outcome outcome = run(List.of("sh", "-c", "cat; echo wrong >&2; exit 42"), "typed\n");

        // Then
        assertThat(outcome).isEqualTo(new Outcome("typed\n", "wrong\n", new ProcessEnd.Exited(42)));
    }

    @Test
    void endsWith127WhenTheProgramIsMissing() {
        assertThat(run(List.of("no-such-program"), "").end()).isEqualTo(new ProcessEnd.Exited(127));
    }

    @Test
    void passesOnTheSignalThatKilledACommand() {
        assertThat(run(List.of("sh", "-c", "kill -9 $$"), "").end().shellStatus())
                .isEqualTo(137);
    }

    @Test
    void runsWithTheEnvironmentOfThePartitionAlone() {
        // When
        Outcome outcome = run(List.of("env"), "");

        // Then
        assertThat(outcome.output().lines())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME=/root",
                        "TERM=xterm-256color",
                        "COLOUR=blue",
                        "container=bulkhead");
    }

    @Test
    void holdsNothingOfTheHostsInside() {
        // When
        String output = run(
                        List.of(
                                "sh",
                                "-c",
                                "ls /proc/self/fd; keyctl show @s 2>&1 | grep -c user:; "
                                        + "cat /proc/self/uid_map; hostname; pwd; id -u; grep CapEff /proc/self/status"),
                        "")
                .output();

        // Then
        assertThat(output.lines().map(String::strip).map(line -> line.replaceAll("\\s+", " ")))
                .containsExactly(
                        "0",
                        "1",
                        "2",
                        "3",
                        "0",
                        "0 " + TestGround.RANGE.base() + " 65536",
                        "t-start",
                        "/root",
                        "0",
                        "CapEff: 00000000b4ecfdff");
    }

    @Test
    void seesTheProcessesOfThePartitionAlone() {
        // When
        String output = run(List.of("ps", "-e", "-o", "args="), "").output();

        // Then
        assertThat(output.lines().toList()).hasSizeLessThan(6).first().isEqualTo("/bin/sh /run/bulkhead/init");
    }

    @Test
    void letsATerminalInterruptAndResize() {
        // Given
        Entered entered = entrance.run(
                TestGround.NAME,
                partition.init(),
                List.of("bash", "--norc"),
                Map.of(),
                Optional.of(new WindowSize(93, 31)));
        ground.sys.setNonBlocking(entered.input(), true);
        try (entered;
                ConsoleTap tap = new ConsoleTap(ground.sys, entered.input())) {
            tap.expect("# ");

            // When
            String size = tap.run("stty size");
            // Not before it runs: until it has the terminal, the interrupt would be the shell's.
            tap.type("sh -c 'echo running-$((40 + 2)); exec sleep 30'\n");
            tap.expect("running-42");
            tap.type("\003");
            tap.expect("# ");
            String status = tap.run("echo was $?");
            tap.type("exit 7\n");

            // Then
            assertThat(size).contains("31 93");
            assertThat(status).contains("was 130");
            assertThat(Endings.await(ground.sys, entered.process(), 10_000)).contains(new ProcessEnd.Exited(7));
        }
    }

    /** What stands for a command outside is not stopped with it: nobody inside could make it go on. */
    @Test
    void tellsTheEndOfACommandThatWasStoppedAndWentOn() {
        // Given
        Entered entered = entrance.run(
                TestGround.NAME,
                partition.init(),
                List.of("sh", "-c", "(sleep 1; kill -CONT $$) & kill -STOP $$; echo went on; exit 5"),
                Map.of(),
                Optional.empty());

        // When
        try (entered) {
            String output = readAll(entered.output());

            // Then
            assertThat(output).isEqualTo("went on\n");
            assertThat(Endings.await(ground.sys, entered.process(), 10_000)).contains(new ProcessEnd.Exited(5));
        }
    }

    @Test
    void endsWithThePartition() {
        // Given
        Entered entered =
                entrance.run(TestGround.NAME, partition.init(), List.of("sleep", "1000"), Map.of(), Optional.empty());

        // When
        ground.kill(partition);

        // Then
        try (entered) {
            assertThat(Endings.await(ground.sys, entered.process(), 10_000)).isPresent();
        }
        assertThat(TestGround.processesOfRange()).isEmpty();
    }

    @Test
    void refusesWhenProcess1HasEnded() {
        // Given
        ground.kill(partition);
        TestGround.Holdings before = TestGround.Holdings.now();

        // Then
        assertThatThrownBy(() -> run(List.of("true"), "")).isInstanceOf(RuntimeException.class);
        assertThat(TestGround.Holdings.now()).isEqualTo(before);
    }

    private record Outcome(String output, String errors, ProcessEnd end) {}

    private Outcome run(List<String> command, String input) {
        try (Entered entered =
                entrance.run(TestGround.NAME, partition.init(), command, Map.of("COLOUR", "blue"), Optional.empty())) {
            byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0) {
                ground.sys.write(entered.input(), bytes, 0, bytes.length);
            }
            entered.input().close();
            String output = readAll(entered.output());
            String errors = readAll(entered.errors().orElseThrow());
            return new Outcome(
                    output,
                    errors,
                    Endings.await(ground.sys, entered.process(), 10_000).orElseThrow());
        }
    }

    private String readAll(Fd fd) {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int count = ground.sys.read(fd, buffer, 0, buffer.length);
                count > 0;
                count = ground.sys.read(fd, buffer, 0, buffer.length)) {
            text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
