package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.LedgerReport;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger of a real installation: killed between commits, damaged, taken away, made new. */
class LedgerIT {
    private static final int KILLS = 10;
    private static final long SEED = 20_261_127;

    private Installation host;

    @BeforeEach
    void install() {
        host = Installation.up();
    }

    @AfterEach
    void remove() {
        host.close();
    }

    private LedgerReport ledger() {
        return host.api().get("/v1/ledger", LedgerReport.class);
    }

    private LedgerReport checked() {
        return ApiClient.decode(LedgerReport.class, host.api().post("/v1/ledger/reconcile", new Json.Obj(Map.of())));
    }

    private Path directory() {
        return host.directory().resolve("state/control/ledger");
    }

    private void restartControlPlane() {
        Installation.kill(host.controlPlanePid());
        host.run("up").expect(0);
    }

    private LedgerReport.Fault awaitFault(String kind) {
        return await().atMost(Patience.seconds(20))
                .until(() -> ledger().fault(), fault -> fault.map(LedgerReport.Fault::kind)
                        .orElse("none")
                        .equals(kind))
                .orElseThrow();
    }

    private void define(String name) {
        host.run("define", name, "--cpus", "0.1", "--memory", "32MiB").expect(0);
    }

    @Test
    @Proves("the ledger survives kill -9 between any two steps")
    void aControlPlaneKilledAtAnyMomentOfAChangeIsInStepAfterItsRestart() throws Exception {
        Random random = new Random(SEED);
        define("calm");
        long init = startedCalm();
        for (int i = 0; i < KILLS; i++) {
            String verb = i % 2 == 0 ? "release" : "bind";
            if (i == 0) {
                define("victim");
            }
            Thread order = new Thread(() -> {
                try {
                    host.api().post("/v1/partitions/victim/" + verb, new Json.Obj(Map.of()));
                } catch (RuntimeException e) {
                    // The control plane dies under it: any answer is right.
                }
            });
            order.start();
            Thread.onSpinWait();
            long end = System.nanoTime() + random.nextInt(30_000_000);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            restartControlPlane();
            order.join(20_000);

            LedgerReport report = checked();
            assertThat(report.mode()).isEqualTo(LedgerReport.Mode.READ_WRITE);
            assertThat(report.differences()).as("round %d", i).isEmpty();
            assertThat(report.intents()).as("round %d", i).isEmpty();
            assertThat(report.accounts().stream()
                            .anyMatch(each -> each.account().equals("victim")))
                    .as("round %d", i)
                    .isEqualTo(host.show("victim").slice().isPresent());
        }
        assertThat(host.show("calm").pid()).contains(init);
        host.run("ledger", "check").expect(0);
    }

    @Test
    void holdsRoomForTheVolumesOfOneThatIsOnlyDefined() {
        // When one is defined that has volumes and takes no slice yet
        host.run("define", "later", "--no-bind", "--cpus", "0.1", "--memory", "32MiB", "--storage", "64MiB")
                .expect(0);

        // Then room for them is its own, whatever becomes of it until it is deleted
        assertThat(hasAccount("later")).isTrue();
        host.run("bind", "later").expect(0);
        assertThat(checked().differences()).isEmpty();
        host.run("release", "later", "--yes").expect(0);
        assertThat(hasAccount("later")).isTrue();

        // And nobody gets more than there is
        Installation.Result refused =
                host.run("define", "huge", "--no-bind", "--cpus", "0.1", "--memory", "32MiB", "--storage", "900TiB");
        assertThat(refused.status()).isEqualTo(5);
        assertThat(refused.err()).contains("storage");
        assertThat(host.run("list").out()).doesNotContain("huge");
        host.run("delete", "later", "--wipe", "--yes").expect(0);
        assertThat(hasAccount("later")).isFalse();
    }

    private boolean hasAccount(String partition) {
        LedgerReport report = checked();
        assertThat(report.differences()).isEmpty();
        return report.accounts().stream().anyMatch(each -> each.account().equals(partition));
    }

    private long startedCalm() {
        host.run("start", "calm").expect(0);
        return host.show("calm").pid().orElseThrow();
    }

    @Test
    @Proves("a damaged ledger leaves partitions alone and is rebuilt from the manager")
    void aDamagedLedgerIsToldAndRebuilt() throws IOException {
        define("calm");
        long init = startedCalm();
        checked();
        Installation.kill(host.controlPlanePid());
        try (RandomAccessFile file =
                new RandomAccessFile(directory().resolve("ledger.db").toFile(), "rw")) {
            file.setLength(4096);
        }
        Files.deleteIfExists(directory().resolve("ledger.db-wal"));

        host.run("up").expect(0);

        // Then it says so everywhere, and refuses what changes who has what
        LedgerReport.Fault fault = awaitFault("damaged");
        assertThat(fault.detail()).contains("ledger.db is cut off: it has 4096 bytes");
        assertThat(host.run("status").expect(0).out()).contains("the ledger is read-only", "bulkhead ledger rebuild");
        Installation.Result refused =
                host.run("define", "more", "--cpus", "0.1", "--memory", "32MiB").expect(4);
        assertThat(refused.err()).contains("is cut off", "bulkhead ledger rebuild");
        host.run("release", "calm", "--yes").expect(4);
        host.run("ledger", "check").expect(4);
        // but the partition runs, and can be stopped and started
        assertThat(host.show("calm").pid()).contains(init);
        host.post("calm", "stop");
        assertThat(host.post("calm", "start").state()).isEqualTo(State.RUNNING);

        host.run("ledger", "rebuild", "--yes").expect(0);

        host.run("ledger", "check").expect(0);
        assertThat(host.run("ledger", "entries").expect(0).out()).contains("rebuilt by root", "adopted calm");
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.matches("ledger\\.db\\.\\d{8}T\\d{6}Z"))
                    .doesNotContain("native");
        }
        define("more");
        assertThat(host.show("calm").state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aLedgerThatMayNotBeWrittenIsToldAndOpensByItselfWhenItMay() throws IOException {
        define("calm");
        checked();
        Installation.kill(host.controlPlanePid());
        Path file = directory().resolve("ledger.db");
        Object uid = Files.getAttribute(file, "unix:uid");
        Files.setAttribute(file, "unix:uid", 0);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

        host.run("up").expect(0);

        awaitFault("read-only");
        host.run("release", "calm", "--yes").expect(4);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setAttribute(file, "unix:uid", uid);
        host.run("ledger", "check").expect(0);
        host.run("release", "calm", "--yes").expect(0);

        // Nor may its directory be written
        Installation.kill(host.controlPlanePid());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("r-xr-xr-x"));
        host.run("up").expect(0);
        awaitFault("read-only");
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwx------"));
        host.run("ledger", "check").expect(0);
    }

    @Test
    void anInstallationWithoutALedgerAdoptsWhatIsThere() throws IOException {
        define("calm");
        checked();
        Installation.kill(host.controlPlanePid());
        // An installation of before there were ledgers, as far as the manager can tell
        for (String name : List.of("ledger.db", "ledger.db-wal")) {
            Files.deleteIfExists(directory().resolve(name));
        }
        host.run("up").expect(0);

        LedgerReport report = await().atMost(Patience.seconds(20))
                .until(this::ledger, now -> now.mode() == LedgerReport.Mode.READ_WRITE && now.version() >= 2);

        assertThat(report.differences()).isEmpty();
        assertThat(report.accounts()).extracting(LedgerReport.Holdings::account).contains("calm");
        assertThat(host.run("ledger", "entries").expect(0).out())
                .contains("there was no ledger yet: opened with what the manager has");
    }
}
