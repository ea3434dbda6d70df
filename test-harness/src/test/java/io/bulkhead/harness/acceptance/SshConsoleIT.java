package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.acceptance.Installation.Result;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSH's client at the console of a real partition. */
class SshConsoleIT {
    private static final String PROOF = "a console by SSH is a terminal, for OpenSSH's client too";
    private static final String AT = "shell@127.0.0.1";

    @TempDir
    static Path directory;

    private static Installation host;
    private static int port;

    @BeforeAll
    static void install() throws IOException {
        host = Installation.create();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(host.config(), "[ssh]\nlisten = 127.0.0.1:%d\n".formatted(port), StandardOpenOption.APPEND);
        host.run("up").expect(0);
        Commands.run(
                        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key().toString()),
                        "",
                        Patience.seconds(10))
                .expect(0);
        host.run("ssh-key", "add", "alice", key() + ".pub", "--role", "admin").expect(0);
        host.run("define", "shell", "--cpus", "0.2", "--memory", "128MiB").expect(0);
        host.run("start", "shell").expect(0);
        host.awaitConsole("shell", "# ");
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @AfterEach
    void awaitThatAllHaveLeft() {
        await().atMost(Patience.seconds(20))
                .until(() -> host.show("shell").console().viewers(), count -> count == 0);
    }

    private static Path key() {
        return directory.resolve("id");
    }

    private static SshClient open(String... words) {
        return SshClient.open(port, key(), words);
    }

    private static Result ask(String... words) {
        return Commands.run(SshClient.words(port, key(), words), "", Patience.seconds(60));
    }

    @Test
    @Proves(PROOF)
    void typesInterruptsAndHasTheSizeOfItsWindow() {
        try (SshClient client = open("-tt", AT).shows("typing to shell")) {
            client.type("echo typed-$((1+1))\r").shows("typed-2");
            client.type("stty size\r").shows("24 80");
            // An interrupt takes with it what was typed and not read yet
            client.type("echo going-$((7+1)); sleep 1000\r").shows("going-8");
            client.type("\u0003").shows("^C");
            client.type("echo back-$((2+1))\r").shows("back-3");
            client.resize(132, 50);
            await().atMost(Patience.seconds(20))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> client.type("stty size\r").hasShown("50 132"));
            client.type("printf 'gr\\303\\274n-%d\\n' 4\r").shows("grün-4");
            // OpenSSH has the tilde for itself, and passes the second one on
            client.type("\r~~.").shows("left the console of shell");
            assertThat(client.end(Patience.seconds(20))).isZero();
        }
    }

    @Test
    @Proves(PROOF)
    void tellsTheOthersOfATakeOver() {
        try (SshClient first = open("-tt", AT).shows("typing to shell");
                SshClient second = open("-tt", AT).shows("watching shell");
                SshClient third = open("-tt", "any@127.0.0.1", "console", "shell", "--view")
                        .shows("watching shell")) {
            second.type("x").shows("you are watching").type("\r~~w").shows("you type now");
            first.shows("types now");
            third.shows("types now");
            second.type("echo for-all-$((1+4))\r");

            List.of(first, second, third).forEach(each -> each.shows("for-all-5"));
        }
    }

    @Test
    @Proves(PROOF)
    void isHeldUpByNoClientThatIsStopped() {
        try (SshClient stopped = open("-tt", "any@127.0.0.1", "console", "shell", "--view")
                        .shows("watching shell");
                SshClient well = open("-tt", AT).shows("typing to shell")) {
            stopped.signal("STOP");

            well.type("head -c 8000000 /dev/zero | tr '\\0' y; echo; echo end-of-$((20+1))\r")
                    .shows("end-of-21");
            well.type("echo still-$((20+2))\r").shows("still-22");

            stopped.signal("CONT");
            stopped.shows("still-22");
        }
    }

    @Test
    void endsWhatFollowsALogForLongerThanTheKeyMay() {
        Path another = directory.resolve("short");
        Commands.run(
                        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", another.toString()),
                        "",
                        Patience.seconds(10))
                .expect(0);
        host.run("ssh-key", "add", "bob", another + ".pub", "--longest", "2s").expect(0);

        Result ended = Commands.run(
                SshClient.words(port, another, "any@127.0.0.1", "logs", "shell", "-f"), "", Patience.seconds(60));

        assertThat(ended.out()).contains("# ");
        assertThat(ended.err()).contains("ended after 2 s, the longest time that is allowed");
    }

    @Test
    void answersWhatIsThereAndChangesNothing() {
        assertThat(ask("any@127.0.0.1", "list").expect(0).out()).contains("shell");
        assertThat(ask("any@127.0.0.1", "logs", "shell", "-n", "5").expect(0).out())
                .contains("# ");
        assertThat(ask("any@127.0.0.1", "stop", "shell").err()).contains("'stop' is not a verb of this shell");
        assertThat(ask("any@127.0.0.1").out()).contains("CONSOLE", "shell", "ssh NAME@HOST");
        assertThat(host.run("list").expect(0).out()).contains("running");
        assertThat(host.run("audit").expect(0).out()).contains("ssh alice", "ssh-login", "ssh-list");
    }
}
