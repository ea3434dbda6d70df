package io.bulkhead.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.harness.acceptance.Alone;
import io.bulkhead.harness.bench.Interference.Round;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the figures of {@code ./dev bench interference} rest on: hogs hog, up to a limit of theirs, and victims serve. It
 * judges no times.
 */
@Alone("it measures latencies")
class InterferenceIT {
    private static final double SECONDS = 0.4;

    private static ManagerProcess manager;
    private static Neighbours pair;
    private static Interference interference;

    @BeforeAll
    static void open() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/redis-server")), "needs the Debian package redis-server");
        String instance = "bulkhead-bench-" + ProcessHandle.current().pid();
        manager = ManagerProcess.start(instance);
        PairTerms terms = PairTerms.on(manager.host());
        pair = new BulkheadNeighbours(manager, terms, false);
        pair.prepare();
        pair.open();
        interference = new Interference(pair, terms.victimCpus(), SECONDS);
    }

    @AfterAll
    static void close() throws IOException {
        if (manager != null) {
            manager.close();
        }
    }

    @Test
    void theForkBombIsRefusedProcessesWhileTheNeighbourServes() throws IOException {
        Round round = interference.measure(Hog.FORK_BOMB, false);

        assertServed(round, Hog.FORK_BOMB);
        assertThat(round.deeds()).as("forks refused").isPositive();
    }

    @Test
    void theMemoryHogIsKilledAgainAndAgainWhileTheNeighbourServes() throws IOException {
        Round round = interference.measure(Hog.MEMORY, true);

        assertServed(round, Hog.MEMORY);
        assertThat(round.deeds()).as("kills").isPositive();
    }

    @Test
    void theInotifyHogComesToItsOwnLimitWhileTheNeighbourWatches() throws IOException {
        Round round = interference.measure(Hog.INOTIFY, false);

        assertServed(round, Hog.INOTIFY);
        assertThat(round.deeds()).as("instances refused").isPositive();
    }

    @Test
    void theFsyncStormSyncsWhileTheNeighbourCommits() throws IOException {
        Round round = interference.measure(Hog.FSYNC_STORM, false);

        assertServed(round, Hog.FSYNC_STORM);
        assertThat(round.deeds()).as("fsyncs").isGreaterThan(10);
    }

    @Test
    void afterAHogItsPlaceIsEmptyAgain() throws IOException {
        interference.measure(Hog.FSYNC_STORM, false);

        String inside = pair.inHog(List.of("/bin/sh", "-c", "ls " + Hog.DIRECTORY + "; ls /proc"))
                .await(Duration.ofSeconds(10));

        assertThat(inside.lines().filter(line -> line.matches("\\d+")).count())
                .as("processes")
                .isLessThan(12);
        assertThat(inside).startsWith("1\n");
    }

    private static void assertServed(Round round, Hog hog) {
        int calls = (int) (hog.victim().callsPerSecond() * SECONDS);
        for (Latencies each : List.of(round.alone(), round.beside())) {
            assertThat(each.errors()).as(each.why()).isZero();
            assertThat(each.calls()).isEqualTo(calls);
            assertThat(each.p50Nanos()).isPositive();
        }
    }
}
