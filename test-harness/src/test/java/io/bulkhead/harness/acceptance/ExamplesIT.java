package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.partition.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples in configs/ that are whole services do what they say, by the very commands in their first lines. */
@Alone("it has whole CPUs, which no other instance may have")
class ExamplesIT {
    private static final Duration COMMAND_DEADLINE = Patience.seconds(90);

    private static Installation host;
    /** Of the directory with the examples, called configs there too. */
    private static Path copy = Path.of("/");

    @BeforeAll
    static void install() throws IOException {
        host = Installation.up();
        // What apply remembers stands beside the file, and a checkout may be on a disk that is not for writing.
        copy = Files.createDirectory(host.directory().resolve("examples"));
        Commands.run(
                        List.of("cp", "-r", Checkout.root().resolve("configs").toString(), copy.toString()),
                        "",
                        Patience.seconds(10))
                .expect(0);
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @AfterEach
    void deletePartitions() {
        for (String name : List.of("redis", "postgresql", "shop", "ci")) {
            if (host.run("show", name).status() == 0) {
                host.run("stop", name, "--kill", "--yes").expect(0);
                host.run("delete", name, "--wipe", "--yes").expect(0);
            }
        }
    }

    @Test
    void redisHasItsDataOnItsVolumeAndKeepsThemOverARestart() throws IOException {
        assumeCore();
        assumeProgram("/usr/bin/redis-server", "redis-server");

        String last = tryOut("redis");

        assertThat(last).isEqualTo("OK\n");
        assertHolds("redis");
        assertOwnFileSystem("redis", "/srv/redis");
        assertThat(host.exec("redis", "stat -c %U /srv/redis/data /proc/$(cat /run/service.pid)")
                        .out())
                .isEqualTo("redis\nredis\n");

        host.run("restart", "redis").expect(0);

        awaitInside("redis", "redis-cli get greeting", "hello\n");
    }

    @Test
    void postgresqlMakesItsClusterOnceAndStopsInOrder() throws IOException {
        assumeCore();
        assumeProgram("/usr/bin/pg_isready", "postgresql");

        String last = tryOut("postgresql");

        assertThat(last).contains("PostgreSQL ");
        assertHolds("postgresql");
        assertOwnFileSystem("postgresql", "/srv/postgresql");
        String psql = "setpriv --reuid=postgres --regid=postgres --clear-groups psql -At -c ";
        host.exec(
                        "postgresql",
                        psql + "'create table kept (word text)' && " + psql + "\"insert into kept values ('yes')\"")
                .expect(0);

        // A client that stays must not keep it from stopping.
        try (FrameStream client = host.open("postgresql", psql + "'select pg_sleep(600)'")) {
            host.run("restart", "postgresql").expect(0);
            assertThat(client).isNotNull();
        }

        awaitInside("postgresql", psql + "'select word from kept'", "yes\n");
        assertThat(host.run("logs", "--raw", "postgresql").expect(0).out())
                .contains("received fast shutdown request", "database system is shut down")
                .doesNotContain("database system was not properly shut down");
    }

    @Test
    void theWebServerIsReachedAtAPortOfTheHost() throws IOException {
        assumeProgram("/usr/sbin/lighttpd", "lighttpd");
        assumeProgram("/usr/bin/curl", "curl");
        assumeHostForwards();

        String page = tryOut("web");

        assertThat(page).isEqualTo("<h1>shop is up</h1>\n");
        assertHolds("shop");
        assertOwnFileSystem("shop", "/srv/www");
    }

    @Test
    void theRunnerBuildsAndForgetsEverythingButItsWork() throws IOException {
        String built = tryOut("ci-runner");

        assertThat(built).containsAnyOf("built on ci\n", "no make on the host\n");
        assertHolds("ci");
        assertOwnFileSystem("ci", "/srv/work");
        // What a job leaves behind: a process, and a file in memory
        String lingering = "grep -lx lingerer /proc/[0-9]*/comm | wc -l";
        host.exec(
                        "ci",
                        "touch /tmp/left; cp /usr/bin/sleep /srv/work/lingerer;"
                                + " setsid /srv/work/lingerer 3600 >/dev/null 2>&1 &")
                .expect(0);
        awaitInside("ci", lingering, "1\n");

        host.run("restart", "ci").expect(0);

        assertThat(host.exec("ci", "ls /tmp; ls /srv/work | grep lingerer; " + lingering)
                        .out())
                .isEqualTo("lingerer\n0\n");
        assertThat(host.exec("ci", "cat /proc/sys/user/max_inotify_instances").out())
                .isEqualTo("64\n");
    }

    /** Published ports need it, and the host's settings are not ours to change; the manager's own tests have a host of theirs. */
    private static void assumeHostForwards() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/net/route"))) {
            String[] fields = line.split("\\s+", -1);
            if (fields.length > 1 && fields[1].equals("00000000")) {
                Path forwarding = Path.of("/proc/sys/net/ipv4/conf", fields[0], "forwarding");
                Assumptions.assumeTrue(
                        Files.readString(forwarding).strip().equals("1"),
                        "this host does not pass on what comes in by " + fields[0] + ": " + forwarding + " is 0");
            }
        }
    }

    /** Runs the commands that stand in an example's first lines; what the last one printed. */
    private static String tryOut(String example) throws IOException {
        Path file = Checkout.root().resolve("configs/partitions/" + example + ".yaml");
        List<String> commands = Files.readAllLines(file).stream()
                .takeWhile(line -> line.startsWith("#"))
                .filter(line -> line.startsWith("#   "))
                .map(line -> line.substring("#   ".length()))
                .toList();
        assertThat(commands).hasSize(3);
        String printed = "";
        for (String command : commands) {
            String script = "cd " + copy + "; bulkhead() { " + Checkout.root() + "/bulkhead --config " + host.config()
                    + " \"$@\"; }; set -e; " + command;
            printed = Commands.run(List.of("bash", "-c", script), "", COMMAND_DEADLINE)
                    .expect(0)
                    .out();
        }
        return printed;
    }

    private static void assertHolds(String partition) {
        assertThat(host.show(partition).state()).isEqualTo(State.RUNNING);
        assertThat(host.show(partition).degraded()).isEmpty();
        host.run("verify", partition).expect(0);
    }

    private static void assertOwnFileSystem(String partition, String place) {
        assertThat(host.exec(partition, "stat -c %d / /var " + place).out().lines())
                .as("devices of /, /var and " + place)
                .doesNotHaveDuplicates();
    }

    private static void awaitInside(String partition, String script, String answer) {
        await().atMost(Patience.seconds(30)).until(() -> host.exec(partition, script), result -> result.out()
                .equals(answer));
    }

    private static void assumeCore() {
        Assumptions.assumeTrue(ThisHost.oneCore().equals("1"), "the example asks for one CPU, and a core here is more");
    }

    private static void assumeProgram(String program, String debianPackage) {
        Assumptions.assumeTrue(Files.isExecutable(Path.of(program)), "needs the Debian package " + debianPackage);
    }
}
