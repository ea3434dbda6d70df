package io.bulkhead.console.serial.log;

import static io.bulkhead.console.serial.log.LogLaws.CREATION;
import static io.bulkhead.console.serial.log.LogLaws.SMALL;
import static io.bulkhead.console.serial.log.LogLaws.covered;
import static io.bulkhead.console.serial.log.LogLaws.entries;
import static io.bulkhead.console.serial.log.LogLaws.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.serial.log.LogLaws.Covered;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FileConsoleLogTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final AtomicLong shared = new AtomicLong();
    private final AtomicInteger told = new AtomicInteger();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private FileConsoleLog open(LogOptions options) {
        FileConsoleLog log = new FileConsoleLog(
                storage, options, CREATION, threads, shared, System::currentTimeMillis, told::incrementAndGet);
        log.open();
        return log;
    }

    private static void feed(ConsoleLog log, long from, long to, int piece) {
        for (long at = from; at < to; at += piece) {
            log.append(at, stream(at, (int) Math.min(piece, to - at)));
        }
    }

    private static void awaitWritten(ConsoleLog log) {
        await().until(() -> log.health().written() == log.end());
    }

    @Test
    void writesAndForcesWhatComesByItself() {
        FileConsoleLog log = open(SMALL);
        feed(log, 0, 100_000, 333);

        awaitWritten(log);
        await().until(() -> log.health().forced() == 100_000);
        assertThat(log.health().trouble()).isEmpty();
        assertThat(log.health().lostBytes()).isZero();
        assertThat(log.health().bytes()).isEqualTo(storage.bytes());
    }

    @Test
    void writesWhatWaitsWhenItIsClosedAndGoesOnThere() throws Exception {
        LogOptions slow = new LogOptions(1 << 20, 100_000, 60_000, 60_000, 60_000, 1 << 20, 1 << 20);
        try (FileConsoleLog log = open(slow)) {
            feed(log, 0, 10_000, 10);
            assertThat(storage.names()).isEmpty();
        }
        try (FileConsoleLog log = open(slow)) {
            assertThat(log.end()).isEqualTo(10_000);
            feed(log, 9_000, 12_000, 100);
        }
        assertThat(covered(entries(storage, 0), 0)).isEqualTo(new Covered(12_000, 12_000, 0));
        assertThat(shared.get()).isZero();
    }

    @Test
    void putsSmallPiecesThatComeTogetherIntoOneRecord() throws Exception {
        try (FileConsoleLog log = open(SMALL)) {
            feed(log, 0, 200, 1);
        }
        assertThat(entries(storage, 0)).hasSizeLessThan(20);
    }

    @Test
    void livesThroughAFullDiskAndMarksWhatIsMissing() throws Exception {
        LogOptions options = new LogOptions(1 << 20, 64 << 10, 1, 5, 5, 100_000, 1 << 20);
        FileConsoleLog log = open(options);
        feed(log, 0, 20_000, 500);
        awaitWritten(log);

        storage.roomFor(1_000);
        feed(log, 20_000, 400_000, 500);
        log.mark(400_000, EntryKind.ATTACH, "somebody", 5);
        await().until(() -> log.health().trouble().isPresent());
        assertThat(log.health().trouble().orElse("")).contains("No space left on device");
        assertThat(log.health().failures()).isPositive();
        assertThat(log.health().lostBytes()).isPositive();
        assertThat(log.end()).isEqualTo(400_000);

        storage.roomFor(Long.MAX_VALUE);
        await().until(() -> log.health().trouble().isEmpty());
        feed(log, 400_000, 410_000, 500);
        log.close();

        Covered covered = covered(entries(storage, 0), 0);
        assertThat(covered.end()).isEqualTo(410_000);
        assertThat(covered.gaps()).isEqualTo(log.health().lostBytes());
        assertThat(covered.output()).isGreaterThan(20_000 + 10_000 + 50_000);
        assertThat(Verifier.verify(storage).fault()).isEmpty();
        assertThat(entries(storage, 0).stream().filter(LogEntry.Gap.class::isInstance))
                .hasSize(1);
        assertThat(entries(storage, 0))
                .anyMatch(entry ->
                        entry instanceof LogEntry.Mark mark && mark.detail().equals("somebody"));
        assertThat(shared.get()).isZero();
    }

    @Test
    void opensItselfLaterWhereItCouldNotBeOpened() throws Exception {
        try (FileConsoleLog log = open(SMALL)) {
            feed(log, 0, 5_000, 100);
        }
        storage.failAt(0, 1);

        FileConsoleLog log = open(SMALL);
        assertThat(log.health().trouble()).isPresent();
        assertThat(log.end()).isZero();
        log.gap(0, 3_000, "the ring begins later");
        feed(log, 3_000, 9_000, 100);
        log.close();

        assertThat(log.health().trouble()).isEmpty();
        assertThat(covered(entries(storage, 0), 0)).isEqualTo(new Covered(9_000, 9_000, 0));
    }

    @Test
    void keepsEveryByteAcrossFailuresThatPass() throws Exception {
        FileConsoleLog log = open(SMALL);
        for (int round = 0; round < 30; round++) {
            storage.failAt(round % 7, 1 + round % 3);
            feed(log, round * 3_000L, (round + 1) * 3_000L, 250);
            awaitWritten(log);
        }
        storage.failAt(0, 0);
        log.close();

        assertThat(log.health().failures()).isPositive();
        assertThat(covered(entries(storage, 0), 0)).isEqualTo(new Covered(90_000, 90_000, 0));
    }

    @Test
    void boundsWhatWaitsOfAllTogetherButLeavesEachItsOwn() throws Exception {
        LogOptions stuck = new LogOptions(8 << 20, 1 << 20, 60_000, 60_000, 60_000, 1 << 20, 600_000);
        FileConsoleLog flood = open(stuck);
        FileConsoleLog quiet = new FileConsoleLog(
                new MemoryStorage(),
                stuck,
                CREATION,
                threads,
                shared,
                System::currentTimeMillis,
                told::incrementAndGet);
        feed(flood, 0, 5_000_000, 10_000);

        assertThat(shared.get()).isBetween(500_000L, 600_000L);
        assertThat(flood.health().lostBytes()).isGreaterThan(4_000_000);
        feed(quiet, 0, 20_000, 100);
        assertThat(quiet.health().lostBytes()).isZero();

        flood.close();
        quiet.close();
        assertThat(shared.get()).isZero();
        assertThat(covered(entries(storage, 0), 0).gaps())
                .isEqualTo(flood.health().lostBytes());
    }

    @Test
    void isReadWhileItIsWrittenAndTellsWhenThereIsMore() throws Exception {
        FileConsoleLog log = open(SMALL);
        LogReader reader = new LogReader(storage);
        long[] seen = {0};
        feed(log, 0, 300_000, 400);

        await().until(() -> {
            for (Optional<LogEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                seen[0] = covered(List.of(next.get()), seen[0]).end();
            }
            return seen[0] == 300_000;
        });
        assertThat(told.get()).isPositive();
        log.close();
    }

    @Test
    void writesNothingMoreOnceItIsAbandoned() throws Exception {
        FileConsoleLog log = open(SMALL);
        feed(log, 0, 1_000, 100);
        awaitWritten(log);
        log.abandon();
        LogDirectory.remove(storage);

        feed(log, 1_000, 2_000, 100);
        log.close();

        assertThat(storage.names()).isEmpty();
    }
}
