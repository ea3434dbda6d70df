package io.bulkhead.console.serial.log;

import static io.bulkhead.console.serial.log.LogLaws.CREATION;
import static io.bulkhead.console.serial.log.LogLaws.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bulkhead.console.serial.log.IndexRecord.Moment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Files of a log, and output of a partition, that somebody made up: whoever reads them ends, in bounded memory, and whoever
 * writes goes on. A run of the tests tries the inputs that are kept; with {@code JAZZER_FUZZ=1} new ones are sought.
 */
class LogFuzzTest {
    private static final String[] PATTERNS = {"x", "^(a+)+b$", "(a|b|\\s)*c", "(?i)[^e]{1,50}\\d(.*)*", "(\\w+)\\s\\1"};
    private static final SegmentName FIRST = new SegmentName(1);

    private static ByteArrayOutputStream index(FuzzedDataProvider data) {
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        if (data.consumeBoolean()) {
            SegmentHead head =
                    new SegmentHead(1, data.consumeLong(0, Long.MAX_VALUE), data.consumeLong(), Hash.NONE, CREATION);
            index.writeBytes(head.toBytes().array());
        }
        return index;
    }

    /** Any bytes at all, behind a head that is good or not. */
    @FuzzTest(maxDuration = "2m")
    void readsAnyFiles(FuzzedDataProvider data) throws IOException {
        ByteArrayOutputStream index = index(data);
        byte[] output = LogLaws.stream(0, data.consumeInt(0, 1 << 12));
        index.writeBytes(data.consumeRemainingAsBytes());

        useAll(storage(index, output));
    }

    /** Records whose checksums are right and which say anything. */
    @FuzzTest(maxDuration = "2m")
    void readsAnyRecords(FuzzedDataProvider data) throws IOException {
        ByteArrayOutputStream index = index(data);
        byte[] output = LogLaws.stream(0, data.consumeInt(0, 1 << 12));
        long offset = SegmentHead.read(ByteBuffer.wrap(index.toByteArray()))
                .map(SegmentHead::offset)
                .orElse(0L);
        int place = 0;
        while (data.remainingBytes() > 0) {
            boolean fits = data.consumeBoolean();
            int length = data.consumeInt(0, 2_000);
            int inFile = Math.min(length, output.length - place);
            byte[] told = new byte[inFile];
            System.arraycopy(output, place, told, 0, inFile);
            IndexRecord record = new IndexRecord(
                    data.consumeBoolean() ? EntryKind.OUTPUT.code() : data.consumeByte() & 0xFF,
                    fits ? offset : data.consumeLong(),
                    fits ? inFile : data.consumeLong(),
                    data.consumeLong(),
                    data.consumeLong(),
                    fits ? IndexRecord.checksum(told, inFile) : data.consumeInt(),
                    ByteBuffer.wrap(data.consumeBytes(64)));
            index.writeBytes(record.toBytes().array());
            place += record.isOutput() ? inFile : 0;
            offset = record.end();
        }

        useAll(storage(index, output));
    }

    private static MemoryStorage storage(ByteArrayOutputStream index, byte[] output) {
        MemoryStorage storage = new MemoryStorage();
        storage.put(FIRST.index(), index.toByteArray());
        storage.put(FIRST.output(), output);
        return storage;
    }

    private static void useAll(MemoryStorage storage) throws IOException {
        readAll(storage);
        Verifier.verify(storage);
        TailFinder.offset(storage, 3);
        LogReader.offsetAt(storage, 1_000);
        try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
            long end = log.end();
            if (end < Long.MAX_VALUE - 10) {
                log.write(List.of(new Waiting.Output(end, new byte[] {1, 2, 3}, 0, 3, new Moment(1, 1))));
                assertThat(log.end()).isEqualTo(end + 3);
            }
        }
        readAll(storage);
        // Repaired, it holds, but for what the records themselves say of the end of the numbers.
        Verifier.verify(storage);
    }

    private static void readAll(MemoryStorage storage) throws IOException {
        LogView[] views = {new EntryView(), new TextView(true, Optional.empty()), new CastView("x"), LogView.raw()};
        long most = storage.bytes() + 4;
        try (LogReader reader = new LogReader(storage)) {
            long read = 0;
            long at = -1;
            for (Optional<LogEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                LogEntry entry = next.get();
                assertThat(entry.offset()).isGreaterThanOrEqualTo(at);
                at = entry.offset();
                if (entry instanceof LogEntry.Output output) {
                    read += output.bytes().length;
                    assertThat(read).isLessThanOrEqualTo(most);
                }
                for (LogView view : views) {
                    view.add(entry, new ByteArrayOutputStream());
                }
            }
        }
    }

    /** What a partition puts out, and what somebody searches in it. */
    @FuzzTest(maxDuration = "2m")
    void showsAndSearchesAnything(FuzzedDataProvider data) {
        Optional<LineSearch> search = Optional.of(LineSearch.of(data.pickValue(PATTERNS)));
        LogView[] views = {new TextView(false, search), new TextView(true, Optional.empty()), new CastView("x")};
        long offset = 0;
        while (data.remainingBytes() > 0) {
            byte[] bytes = data.consumeBytes(1 + data.consumeInt(0, 300));
            for (LogView view : views) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                view.add(new LogEntry.Output(offset, bytes, offset, offset), out);
                view.pause(out);
                assertHarmless(out);
            }
            offset += bytes.length;
        }
        for (LogView view : views) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            view.end(out);
            assertHarmless(out);
        }
    }

    /** None of the views lets a control character through, newline and tab aside. */
    private static void assertHarmless(ByteArrayOutputStream out) {
        for (byte each : out.toByteArray()) {
            assertThat(each < 0 || each >= ' ' && each < 0x7F || each == '\n' || each == '\t')
                    .isTrue();
        }
    }
}
