package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.broker.access.SshPublicKey;
import io.bulkhead.console.serial.ssh.SshDoor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSH's client against the server in this process, with a manager under the test's hand. */
class SshDoorIT {
    @TempDir
    Path directory;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final FakeLines lines = new FakeLines();
    private SshDoor door;
    private SshKeyStore keys;

    private final ServiceThread thread = new ServiceThread() {
        @Override
        public void execute(Runnable work) {
            executor.execute(work);
        }

        @Override
        public Runnable after(long millis, Runnable work) {
            ScheduledFuture<?> later = executor.schedule(work, millis, TimeUnit.MILLISECONDS);
            return () -> later.cancel(false);
        }

        @Override
        public long nowMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    @BeforeEach
    void open() throws Exception {
        FakeLogs logs = new FakeLogs();
        ConsoleService service = new ConsoleService(new ConsoleService.Parts(
                thread,
                lines,
                logs,
                logs,
                ConsoleRights.byRole(),
                (caller, verb, partition, problem) -> {},
                name -> CompletableFuture.completedFuture("a report"),
                ConsoleOptions.DEFAULT));
        CompletableFuture.runAsync(
                        () -> {
                            service.start();
                            lines.has("db", 0, 0, "c1");
                            lines.line().put("login: ");
                        },
                        executor)
                .get(10, TimeUnit.SECONDS);
        keys = SshKeyStore.open(directory.resolve("ssh-keys.json"), System::currentTimeMillis);
        door = SshDoor.open("127.0.0.1", 0, directory.resolve("host_key"), keys, service, thread, List.of());
        run("", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory.resolve("id").toString());
    }

    @AfterEach
    void close() {
        door.close();
        executor.shutdownNow();
    }

    private void letIn(Role role) throws IOException {
        keys.add(
                "alice",
                Optional.of(role),
                List.of(),
                SshPublicKey.parse(Files.readString(directory.resolve("id.pub"))),
                "root");
    }

    private record Ran(int status, String text) {}

    private Ran run(String input, String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), text);
    }

    private Ran ssh(String input, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "timeout", "15", "ssh", "-F", "none", "-v", "-p", Integer.toString(door.port()), "-i",
                directory.resolve("id").toString(), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o",
                "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"));
        all.addAll(Arrays.asList(words));
        return run(input, all.toArray(String[]::new));
    }

    @Test
    void typesOnAConsoleAndLeavesByItsOwnKeys() throws Exception {
        letIn(Role.OPERATOR);

        Ran ran = ssh("root\r~.", "-e", "none", "-tt", "db@127.0.0.1");

        assertThat(ran.text())
                .contains("left the console of db")
                .containsPattern("kex: algorithm: (mlkem768x25519-sha256|sntrup761x25519-sha512)")
                .contains("host key algorithm: ssh-ed25519");
        assertThat(ran.status()).isZero();
        assertThat(lines.line().typed()).isEqualTo("root\r");
        assertThat(ssh("x", "-T", "db@127.0.0.1").text()).contains("login: ");
        assertThat(lines.line().typed()).isEqualTo("root\rx");
    }

    @Test
    void refusesAKeyThatItDoesNotKnow() throws Exception {
        Ran ran = ssh("", "db@127.0.0.1");

        assertThat(ran.status()).isEqualTo(255);
        assertThat(ran.text()).contains("Permission denied (publickey)");
    }

    @Test
    void runsNoVerbThatChangesSomethingAndNoShell() throws Exception {
        letIn(Role.ADMIN);

        assertThat(ssh("", "host@127.0.0.1", "stop db").text()).contains("'stop' is not a verb of this shell");
        assertThat(ssh("", "-s", "db@127.0.0.1", "sftp").text()).contains("subsystem request failed");
        assertThat(ssh("", "host@127.0.0.1", "help").text()).contains("Verbs:");
    }
}
