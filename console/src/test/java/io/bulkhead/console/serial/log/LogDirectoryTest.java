package io.bulkhead.console.serial.log;

import static io.bulkhead.console.serial.log.LogLaws.CREATION;
import static io.bulkhead.console.serial.log.LogLaws.SMALL;
import static io.bulkhead.console.serial.log.LogLaws.byteAt;
import static io.bulkhead.console.serial.log.LogLaws.covered;
import static io.bulkhead.console.serial.log.LogLaws.entries;
import static io.bulkhead.console.serial.log.LogLaws.moment;
import static io.bulkhead.console.serial.log.LogLaws.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.serial.log.LogLaws.Covered;
import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class LogDirectoryTest {
    private final MemoryStorage storage = new MemoryStorage();

    private LogDirectory open() throws IOException {
        return LogDirectory.open(storage, SMALL, CREATION);
    }

    private void fill(LogDirectory log, long from, long to, int piece) throws IOException {
        for (long at = from; at < to; at += piece) {
            log.write(List.of(output(at, (int) Math.min(piece, to - at))));
        }
    }

    @Test
    void givesBackEveryByteAcrossSegmentsAndRestarts() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 50_000, 777);
        }
        try (LogDirectory log = open()) {
            assertThat(log.end()).isEqualTo(50_000);
            assertThat(log.cutBytes()).isZero();
            fill(log, 50_000, 90_000, 1_500);
        }

        assertThat(covered(entries(storage, 0), 0)).isEqualTo(new Covered(90_000, 90_000, 0));
        assertThat(SegmentName.in(storage.names()).size()).isGreaterThan(4);
        assertThat(Verifier.verify(storage).fault()).isEmpty();
    }

    @Test
    void beginsReadingAtAnyOffset() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 60_000, 700);
        }

        for (long from : new long[] {0, 1, 699, 700, 701, 15_000, 16_384, 33_333, 59_999, 60_000}) {
            assertThat(covered(entries(storage, from), from)).isEqualTo(new Covered(60_000, 60_000 - from, 0));
        }
        assertThat(entries(storage, 70_000)).isEmpty();
    }

    @Test
    void neverHasMoreThanItsQuotaAndSaysWhatIsGone() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 3_000_000, 1_000);
            assertThat(log.bytes()).isEqualTo(storage.bytes());
            assertThat(log.start()).isGreaterThan(1_900_000);
        }

        assertThat(storage.mostBytes()).isBetween(SMALL.quotaBytes() - 2 * SMALL.segmentBytes(), SMALL.quotaBytes());
        List<LogEntry> entries = entries(storage, 0);
        assertThat(entries.get(0)).isInstanceOf(LogEntry.Gap.class);
        Covered covered = covered(entries, 0);
        assertThat(covered.end()).isEqualTo(3_000_000);
        assertThat(covered.output()).isGreaterThan(900_000);
        Verification verification = Verifier.verify(storage);
        assertThat(verification.fault()).isEmpty();
        assertThat(verification.firstSegment()).isGreaterThan(1);
    }

    @Test
    void keepsToASmallerQuotaFromOpeningOn() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 1_000_000, 4_000);
        }

        LogOptions smaller = new LogOptions(1 << 20, 200_000, 1, 5, 5, 1 << 20, 16 << 20);
        try (LogDirectory log = LogDirectory.open(storage, smaller, CREATION)) {
            fill(log, 1_000_000, 2_500_000, 4_000);
        }

        assertThat(storage.mostBytes()).isLessThanOrEqualTo(smaller.quotaBytes());
        assertThat(Verifier.verify(storage).fault()).isEmpty();
    }

    @Test
    void holdsTheQuotaWithNothingButMarks() throws Exception {
        try (LogDirectory log = open()) {
            for (int i = 0; i < 5_000; i++) {
                log.write(List.of(new Waiting.Mark(0, EntryKind.ATTACH, "x".repeat(500) + i, moment(i))));
            }
        }

        assertThat(storage.mostBytes()).isLessThanOrEqualTo(SMALL.quotaBytes());
        assertThat(Verifier.verify(storage).fault()).isEmpty();
    }

    @Test
    void passesOverWhatItHasAndRecordsWhatItNeverGot() throws Exception {
        try (LogDirectory log = open()) {
            log.write(List.of(output(0, 100), output(50, 100), output(20, 10), output(200, 100)));
            log.write(List.of(new Waiting.Gap(250, 400, "the ring had moved on", moment(9))));
        }

        List<LogEntry> entries = entries(storage, 0);
        assertThat(covered(entries, 0)).isEqualTo(new Covered(400, 250, 150));
        assertThat(entries.get(entries.size() - 1))
                .isEqualTo(new LogEntry.Gap(
                        300, 400, "the ring had moved on", moment(9).wallMillis()));
    }

    @Test
    void recordsAMarkThatIsRepeatedOnce() throws Exception {
        Waiting.Mark began = new Waiting.Mark(100, EntryKind.RUN, "began", moment(7));
        try (LogDirectory log = open()) {
            log.write(List.of(output(0, 100), began, began));
        }
        try (LogDirectory log = open()) {
            log.write(List.of(began, new Waiting.Mark(100, EntryKind.RUN, "began", moment(8))));
            log.write(List.of(output(100, 1), began));
        }

        assertThat(entries(storage, 0).stream()
                        .filter(LogEntry.Mark.class::isInstance)
                        .map(LogEntry::offset))
                .containsExactly(100L, 100L, 101L);
    }

    @Test
    void removesTheLogOfAnotherConsoleOfTheSameName() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 50_000, 1_000);
        }
        try (LogDirectory log = LogDirectory.open(storage, SMALL, "another")) {
            assertThat(log.end()).isZero();
            assertThat(storage.names()).isEmpty();
            fill(log, 0, 10, 10);
        }
        assertThat(covered(entries(storage, 0), 0).end()).isEqualTo(10);
    }

    @Test
    void saysWhichPlaceIsWrongWhereverAByteIsChanged() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 60_000, 900);
        }
        SortedSet<SegmentName> names = SegmentName.in(storage.names());
        assertThat(names.size()).isGreaterThan(3);

        for (SegmentName name : names) {
            for (String file : new String[] {name.index(), name.output()}) {
                byte[] good = storage.content(file);
                for (int at = 0; at < good.length; at += 1 + good.length / 50) {
                    byte[] bad = good.clone();
                    bad[at] ^= 0x10;
                    storage.put(file, bad);
                    Verification found = Verifier.verify(storage);
                    assertThat(found.fault()).as(file + " at " + at).isPresent();
                    assertThat(found.fault().get()).contains(name.index().substring(0, 12));
                    covered(entries(storage, 0), 0);
                }
                storage.put(file, good);
            }
        }
    }

    @Test
    void noticesThatASegmentWasTakenOutOrReplaced() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 60_000, 900);
        }
        MemoryStorage other = new MemoryStorage();
        try (LogDirectory log = LogDirectory.open(other, SMALL, CREATION)) {
            for (long at = 0; at < 60_000; at += 900) {
                byte[] bytes = LogLaws.stream(at, 900);
                bytes[17]++;
                log.write(List.of(new Waiting.Output(at, bytes, 0, 900, moment(at))));
            }
        }
        SegmentName second = new SegmentName(2);

        MemoryStorage replaced = storage.copy();
        replaced.put(second.index(), other.content(second.index()));
        replaced.put(second.output(), other.content(second.output()));
        MemoryStorage without = storage.copy();
        without.delete(second.index());
        without.delete(second.output());

        assertThat(Verifier.verify(replaced).fault().orElse("")).startsWith("000000000002.index at byte 0: it follows");
        assertThat(Verifier.verify(without).fault().orElse("")).contains("segment 2 before it is missing");
        Covered covered = covered(entries(without, 0), 0);
        assertThat(covered.end()).isEqualTo(60_000);
        assertThat(covered.gaps()).isBetween(10_000L, 16_384L);
    }

    @Test
    void goesOnReadingWhileItIsWritten() throws Exception {
        try (LogDirectory log = open();
                LogReader reader = new LogReader(storage)) {
            long seen = 0;
            for (long at = 0; at < 100_000; at += 500) {
                log.write(List.of(output(at, 500)));
                for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                    LogEntry.Output piece = (LogEntry.Output) next.get();
                    assertThat(piece.offset()).isEqualTo(seen);
                    assertThat(piece.bytes()[0]).isEqualTo(byteAt(seen));
                    seen += piece.bytes().length;
                }
                assertThat(seen).isEqualTo(at + 500);
            }
        }
    }

    @Test
    void findsTheFirstOffsetOfATime() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 60_000, 600);
        }

        assertThat(LogReader.offsetAt(storage, 0)).isZero();
        assertThat(LogReader.offsetAt(storage, moment(600).wallMillis())).isEqualTo(600);
        assertThat(LogReader.offsetAt(storage, moment(601).wallMillis())).isEqualTo(1_200);
        assertThat(LogReader.offsetAt(storage, moment(45_001).wallMillis())).isEqualTo(45_600);
        assertThat(LogReader.offsetAt(storage, Long.MAX_VALUE)).isEqualTo(60_000);
    }

    @Test
    void readingChangesNothing() throws Exception {
        try (LogDirectory log = open()) {
            fill(log, 0, 40_000, 900);
        }
        storage.put(new SegmentName(9).index(), new byte[5]);
        var before = storage.contents();

        entries(storage, 0);
        Verifier.verify(storage);

        assertThat(storage.contents()).isEqualTo(before);
    }

    @Test
    void leavesFilesThatAreNotItsOwnAlone() throws Exception {
        storage.put("notes.txt", new byte[] {1});
        try (LogDirectory log = open()) {
            fill(log, 0, 10, 10);
        }
        LogDirectory.remove(storage);
        assertThat(storage.names()).containsExactly("notes.txt");
    }

    @Test
    void refusesACreationThatNoHeadHolds() {
        assertThatThrownBy(() -> new SegmentHead(1, 0, 0, Hash.NONE, "x".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
