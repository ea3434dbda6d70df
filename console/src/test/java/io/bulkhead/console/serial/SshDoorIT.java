package io.bulkhead.console.serial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.broker.access.SshKeyTimes;
import io.bulkhead.broker.access.SshPublicKey;
import io.bulkhead.console.serial.ssh.SshDoor;
import io.bulkhead.contract.order.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** OpenSSH's client against the server in this process, with a manager under the test's hand. */
class SshDoorIT {
    @TempDir
    Path directory;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

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

    private final List<String> audit = new CopyOnWriteArrayList<>();
    private final List<String> attachments = new CopyOnWriteArrayList<>();
    private final List<Process> clients = new ArrayList<>();
    private ConsoleService service;

    @BeforeEach
    void open() throws Exception {
        FakeLogs logs = new FakeLogs();
        service = new ConsoleService(new ConsoleService.Parts(
                thread,
                lines,
                logs,
                logs,
                ConsoleRights.byRole(),
                (caller, verb, partition, problem) -> attachments.add(caller.name() + " " + verb),
                name -> CompletableFuture.completedFuture("a report"),
                ConsoleOptions.DEFAULT));
        on(() -> {
            service.start();
            lines.has("db", 0, 0, "c1");
            lines.line().put("login: ");
            return true;
        });
        keys = SshKeyStore.open(directory.resolve("ssh-keys.json"), System::currentTimeMillis);
        door = door(Optional.empty(), SshDoor.HEARTBEAT);
        run(
                "",
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                directory.resolve("id").toString());
    }

    private SshDoor door(Optional<Integer> escapeKey, Duration heartbeat) {
        return SshDoor.open(
                "127.0.0.1",
                0,
                directory.resolve("host_key"),
                new SshDoor.Parts(
                        keys,
                        service,
                        thread,
                        (caller, verb, subject, problem) -> audit.add(caller.name() + " " + verb
                                + problem.map(code -> " " + code).orElse("")),
                        escapeKey,
                        List.of(),
                        heartbeat));
    }

    private void another(Optional<Integer> escapeKey, Duration heartbeat) {
        door.close();
        door = door(escapeKey, heartbeat);
    }

    @AfterEach
    void close() {
        clients.forEach(Process::destroyForcibly);
        door.close();
        executor.shutdownNow();
    }

    /** What the service's thread says. */
    private <T> T on(Callable<T> question) throws Exception {
        return executor.submit(question).get(10, TimeUnit.SECONDS);
    }

    private String typed() throws Exception {
        return on(() -> lines.line().typed());
    }

    private void letIn(Role role) throws IOException {
        letIn(role, SshKeyTimes.OF_SETTINGS);
    }

    private void letIn(Role role, SshKeyTimes times) throws IOException {
        keys.add(
                "alice",
                Optional.of(role),
                List.of(),
                times,
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

    private List<String> words(String... words) {
        List<String> all = new ArrayList<>(List.of(
                "timeout",
                "30",
                "ssh",
                "-F",
                "none",
                "-v",
                "-p",
                Integer.toString(door.port()),
                "-i",
                directory.resolve("id").toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "BatchMode=yes"));
        all.addAll(Arrays.asList(words));
        return all;
    }

    private Ran ssh(String input, String... words) throws Exception {
        return run(input, words(words).toArray(String[]::new));
    }

    /** A client that stays, and what it shows. */
    private final class Client {
        private final Process process;

        @SuppressWarnings("JdkObsolete") // One thread reads, another looks.
        private final StringBuffer shown = new StringBuffer();

        Client(String... words) throws IOException {
            process = new ProcessBuilder(words(words)).redirectErrorStream(true).start();
            clients.add(process);
            Thread reader = new Thread(this::read, "client");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (InputStream in = process.getInputStream()) {
                byte[] buffer = new byte[8192];
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    shown.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                shown.append(e.getMessage());
            }
        }

        Client type(String keys) throws IOException {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return this;
        }

        Client shows(String text) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown.toString()).contains(text));
            return this;
        }

        /** The client of OpenSSH, which timeout(1) is the parent of. */
        private long pid() {
            return process.children().findFirst().orElseThrow().pid();
        }

        void signal(String name) throws Exception {
            run("", "kill", "-" + name, Long.toString(pid()));
        }
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
        assertThat(typed()).isEqualTo("root\r");
        assertThat(ssh("x", "-T", "db@127.0.0.1").text()).contains("login: ");
        assertThat(typed()).isEqualTo("root\rx");
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

    @Test
    void leavesByTheKeyOfTheSettingsInTheMiddleOfALine() throws Exception {
        letIn(Role.OPERATOR);
        another(Optional.of(0x1d), SshDoor.HEARTBEAT);

        Ran ran = ssh("ls\u001d\u001d\u001d?\u001d.", "-tt", "db@127.0.0.1");

        assertThat(ran.text())
                .contains("ctrl-] . leaves, ctrl-] ? shows the keys")
                .contains("ctrl-] anywhere in a line does what ~ does")
                .contains("left the console of db");
        assertThat(typed()).isEqualTo("ls\u001d");
    }

    @Test
    void showsWhatThereIsToWhoNamesNoConsole() throws Exception {
        letIn(Role.VIEWER);

        Ran ran = ssh("", "nobody@127.0.0.1");

        assertThat(ran.text())
                .contains("there is no partition nobody")
                .containsPattern("db +0 +-")
                .contains("ssh NAME@HOST");
        assertThat(ran.status()).isEqualTo(ProblemCode.NOT_FOUND.exitCode());
    }

    @Test
    void typesNothingForWhoOnlyWatches() throws Exception {
        letIn(Role.OPERATOR);

        Ran ran = ssh("root\r~.", "-e", "none", "-tt", "any@127.0.0.1", "console db --view");

        assertThat(ran.text()).contains("watching db").contains("left the console of db");
        assertThat(typed()).isEmpty();
    }

    @Test
    void tellsEverybodyOfATakeOver() throws Exception {
        letIn(Role.ADMIN);
        Client first = new Client("-e", "none", "-tt", "db@127.0.0.1").shows("typing to db");
        Client second = new Client("-e", "none", "-tt", "db@127.0.0.1").shows("watching db");
        Client third = new Client("-tt", "any@127.0.0.1", "console db --view").shows("watching db");

        second.type("x").shows("you are watching; ~~r asks").type("\r~w").shows("you type now");
        first.shows("ssh alice#2 types now");
        third.shows("ssh alice#2 types now");
        second.type("ls\r");
        on(() -> {
            lines.line().put("for all");
            return true;
        });

        List.of(first, second, third).forEach(each -> each.shows("for all"));
        await().atMost(PATIENCE).until(this::typed, "ls\r"::equals);
    }

    @Test
    void holdsAClientUpThatTypesFasterThanThePartitionTakes() throws Exception {
        letIn(Role.OPERATOR);
        byte[] much = new byte[4 << 20];
        new Random(7).nextBytes(much);
        on(() -> {
            lines.line().holdUp();
            return true;
        });
        Client client = new Client("-T", "db@127.0.0.1").shows("login: ");
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try (OutputStream out = client.process.getOutputStream()) {
                for (int i = 0; i < much.length; i += 4096) {
                    out.write(much, i, 4096);
                    out.flush();
                    written.addAndGet(4096);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        await().atMost(PATIENCE).until(() -> on(() -> lines.line().typedCount()) == Viewer.INPUT_CREDIT);
        // What pipes, OpenSSH and a window take is far from all.
        await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> written.get() < much.length / 2);

        on(() -> {
            lines.line().takeAll();
            return true;
        });
        await().atMost(PATIENCE).until(() -> on(() -> lines.line().typedCount()) == much.length);
        writing.get(10, TimeUnit.SECONDS);
        assertThat(on(() -> lines.line().typedBytes())).isEqualTo(much);
    }

    @Test
    void closesTheSessionOfAClientThatAnswersNothingAndDisturbsNobody() throws Exception {
        letIn(Role.ADMIN);
        another(Optional.empty(), Duration.ofMillis(500));
        Client stalled = new Client("-T", "db@127.0.0.1").shows("login: ");
        Client well = new Client("-T", "any@127.0.0.1", "console db --view").shows("login: ");

        stalled.signal("STOP");
        for (int i = 0; i < 40; i++) {
            byte[] flood = new byte[64 << 10];
            Arrays.fill(flood, (byte) 'y');
            on(() -> {
                lines.line().put(flood);
                return true;
            });
        }
        on(() -> {
            lines.line().put("after all that");
            return true;
        });

        well.shows("after all that");
        await().atMost(PATIENCE)
                .until(() -> on(() -> service.reports().get(0).viewers().size()), count -> count == 1);
        stalled.signal("CONT");
        assertThat(stalled.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void writesDownWhoCameAndWhatWasAsked() throws Exception {
        letIn(Role.VIEWER);

        ssh("", "db@127.0.0.1", "help");
        ssh("", "db@127.0.0.1", "stop db");
        keys.remove(keys.list().get(0).id());
        ssh("", "db@127.0.0.1", "help");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(audit)
                .containsExactly(
                        "ssh alice ssh-login",
                        "ssh alice ssh-help",
                        "ssh alice ssh-login",
                        "ssh alice ssh INVALID_REQUEST",
                        "anonymous ssh-login NOT_PERMITTED"));
    }

    @Test
    void sendsAwayWhoTriesTooManyKeys() throws Exception {
        List<String> offered = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String file = directory.resolve("other" + i).toString();
            run("", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
            offered.addAll(List.of("-i", file));
        }
        offered.add("db@127.0.0.1");
        String[] words = offered.toArray(String[]::new);

        // Nine keys at a time, twenty in a minute
        assertThat(ssh("", words).text()).doesNotContain("too many wrong keys");
        assertThat(ssh("", words).text()).doesNotContain("too many wrong keys");
        assertThat(ssh("", words).text()).contains("too many wrong keys came from this address; try again in");

        // Who has a key comes in all the same
        letIn(Role.VIEWER);
        assertThat(ssh("", "db@127.0.0.1", "help").text()).contains("Verbs:");
    }

    @Test
    void letsGoWhoTypesNothingForAsLongAsTheKeySays() throws Exception {
        letIn(Role.OPERATOR, new SshKeyTimes(Optional.of(2L), Optional.empty()));

        Client client = new Client("-tt", "db@127.0.0.1").shows("typing to db");

        client.shows("[nothing was typed for 2 s, the longest time that is allowed]");
        assertThat(client.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(attachments)
                .anyMatch(entry -> entry.startsWith("ssh alice console-detach (nothing was typed for 2 s"));
    }

    /** Tries to come in by a key whose private half it does not have. */
    private void pretend(SshClient client, KeyPair pair) throws Exception {
        try (ClientSession session = client.connect("db", "127.0.0.1", door.port())
                .verify(Duration.ofSeconds(10))
                .getSession()) {
            session.addPublicKeyIdentity(pair);
            session.auth().verify(Duration.ofSeconds(10));
        }
    }

    @Test
    void countsWrongSignaturesOfAKnownKeyToo() throws Exception {
        KeyPair alices = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        KeyPair own = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        SshPublicKey known = SshPublicKey.parse(PublicKeyEntry.toString(alices.getPublic()));
        keys.add("alice", Optional.of(Role.ADMIN), List.of(), SshKeyTimes.OF_SETTINGS, known, "root");
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.start();
            pretend(client, alices);
            KeyPair pretence = new KeyPair(alices.getPublic(), own.getPrivate());
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> pretend(client, pretence))
                        .hasMessageContaining("No more authentication methods");
            }
            assertThatThrownBy(() -> pretend(client, pretence))
                    .hasMessageContaining("too many wrong keys came from this");
            pretend(client, alices);
        }

        assertThat(audit).contains("ssh alice ssh-login", "anonymous ssh-login NOT_PERMITTED");
    }

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    /** What somebody is told who comes from an address with a key that is unknown. */
    private String told(SshClient client, int from, KeyPair unknown) throws Exception {
        try (ClientSession session = client.connect(
                        "db", new InetSocketAddress(loopback(1), door.port()), new InetSocketAddress(loopback(from), 0))
                .verify(Duration.ofSeconds(10))
                .getSession()) {
            session.addPublicKeyIdentity(unknown);
            return String.valueOf(catchThrowable(() -> session.auth().verify(Duration.ofSeconds(10)))
                    .getMessage());
        }
    }

    @Test
    void sendsAwayWhoComesForANameThatTooManyWrongKeysCameFor() throws Exception {
        try (SshClient client = SshClient.setUpDefaultClient()) {
            client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
            client.start();
            KeyPair unknown = KeyUtils.generateKeyPair("ssh-ed25519", 256);
            for (int i = 0; i < 40; i++) {
                assertThat(told(client, 2 + i / 15, unknown)).contains("No more authentication methods");
            }
            assertThat(told(client, 9, unknown)).contains("too many wrong keys came for this name");
        }

        // Who has a key comes in all the same
        letIn(Role.VIEWER);
        assertThat(ssh("", "db@127.0.0.1", "help").text()).contains("Verbs:");
    }

    @Test
    void logsNoKey() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger ours = (Logger) LoggerFactory.getLogger("io.bulkhead");
        Level before = ours.getLevel();
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        root.addAppender(logged);
        ours.setLevel(Level.TRACE);
        try {
            ssh("", "db@127.0.0.1", "help");
            letIn(Role.OPERATOR);
            another(Optional.empty(), SshDoor.HEARTBEAT);
            ssh("x", "-T", "db@127.0.0.1");
            keys.remove(keys.list().get(0).id());
        } finally {
            ours.setLevel(before);
            root.detachAppender(logged);
        }

        List<String> shown = List.copyOf(logged.list).stream()
                .map(event -> event.getFormattedMessage() + event.getKeyValuePairs())
                .toList();
        assertThat(shown).anyMatch(line -> line.contains("Consoles are served by SSH"));
        List<String> secrets = new ArrayList<>(List.of(
                Files.readString(directory.resolve("id.pub")).split(" ", -1)[1],
                Files.readAllLines(directory.resolve("host_key")).get(2),
                Files.readAllLines(directory.resolve("id")).get(2)));
        assertThat(secrets).allMatch(secret -> secret.length() > 60);
        assertThat(shown).noneMatch(line -> secrets.stream().anyMatch(line::contains));
        assertThat(audit).noneMatch(line -> secrets.stream().anyMatch(line::contains));
    }

    private int greeted(List<Socket> sockets, int from, int count) throws IOException {
        int greeted = 0;
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket("127.0.0.1", door.port(), loopback(from), 0);
            socket.setSoTimeout(10_000);
            sockets.add(socket);
            greeted += socket.getInputStream().read() == 'S' ? 1 : 0;
        }
        return greeted;
    }

    @Test
    void takesOnlySoManyConnectionsThatHaveShownNoKey() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            assertThat(greeted(sockets, 1, 20)).isEqualTo(16);
            for (int i = 2; i < 5; i++) {
                assertThat(greeted(sockets, i, 16)).isEqualTo(16);
            }
            // Of all together 64, from wherever the next ones come
            assertThat(greeted(sockets, 5, 3)).isZero();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        letIn(Role.VIEWER);
        await().atMost(PATIENCE)
                .until(() -> ssh("", "db@127.0.0.1", "help").text().contains("Verbs:"));
    }
}
