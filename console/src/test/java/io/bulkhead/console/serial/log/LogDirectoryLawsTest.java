package io.bulkhead.console.serial.log;

import static io.bulkhead.console.serial.log.LogLaws.CREATION;
import static io.bulkhead.console.serial.log.LogLaws.SMALL;
import static io.bulkhead.console.serial.log.LogLaws.covered;
import static io.bulkhead.console.serial.log.LogLaws.entries;
import static io.bulkhead.console.serial.log.LogLaws.moment;
import static io.bulkhead.console.serial.log.LogLaws.output;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.serial.log.LogLaws.Covered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Laws that hold whatever is written and wherever it is cut. */
class LogDirectoryLawsTest {
    /** Writes at random; what the stream has lost of it is told as gaps. Answers how many bytes that is. */
    private static long writeAtRandom(LogDirectory log, Random random, int batches) throws IOException {
        long gaps = 0;
        long at = log.end();
        for (int i = 0; i < batches; i++) {
            List<Waiting> batch = new ArrayList<>();
            for (int j = random.nextInt(5); j >= 0; j--) {
                int what = random.nextInt(10);
                if (what == 0) {
                    int missing = 1 + random.nextInt(3_000);
                    batch.add(new Waiting.Gap(at, at + missing, "lost for the test", moment(at)));
                    gaps += missing;
                    at += missing;
                } else if (what < 3) {
                    batch.add(new Waiting.Mark(at, EntryKind.WRITER, "writer " + i + "." + j, moment(at)));
                } else {
                    int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 6_000 : 40);
                    long again = Math.max(0, at - random.nextInt(3) * 10L);
                    batch.add(output(again, (int) (at - again) + length));
                    at += length;
                }
            }
            log.write(batch);
        }
        return gaps;
    }

    @Property(tries = 150)
    void everythingIsOutputOrGap(
            @ForAll @LongRange(min = 0, max = 1L << 40) long seed, @ForAll @IntRange(min = 1, max = 120) int batches)
            throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Random random = new Random(seed);
        long end;
        long gaps;
        try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
            gaps = writeAtRandom(log, random, batches);
            end = log.end();
            if (log.start() > 0) {
                return;
            }
        }

        assertThat(covered(entries(storage, 0), 0)).isEqualTo(new Covered(end, end - gaps, gaps));
        assertThat(Verifier.verify(storage).fault()).isEmpty();
    }

    /** A kill, or a crash of the host with whatever part of the newest segment had reached the disk. */
    @Property(tries = 300)
    void opensWithAPrefixWhereverTheNewestSegmentIsCut(
            @ForAll @LongRange(min = 0, max = 1L << 40) long seed, @ForAll boolean zeros) throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Random random = new Random(seed);
        long endBefore;
        try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
            writeAtRandom(log, random, 1 + random.nextInt(40));
            endBefore = log.end();
        }
        SegmentName newest = SegmentName.in(storage.names()).last();
        for (String file : new String[] {newest.index(), newest.output()}) {
            byte[] content = storage.content(file);
            int keep = random.nextInt(content.length + 1);
            // Some file systems know a file's size before they have its blocks.
            storage.put(
                    file,
                    zeros ? Arrays.copyOf(Arrays.copyOf(content, keep), content.length) : Arrays.copyOf(content, keep));
        }

        long end;
        try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
            end = log.end();
            assertThat(end).isLessThanOrEqualTo(endBefore);
            assertThat(covered(entries(storage, 0), 0).end()).isEqualTo(end);
            log.write(List.of(
                    new Waiting.Gap(end, endBefore + 10, "the manager no longer had it", moment(end)),
                    output(endBefore + 10, 100)));
        }
        Covered covered = covered(entries(storage, 0), 0);
        assertThat(covered.end()).isEqualTo(endBefore + 110);
        assertThat(covered.gaps()).isGreaterThanOrEqualTo(endBefore + 10 - end);
        assertThat(Verifier.verify(storage).fault()).isEmpty();
    }

    /** Damage anywhere: what is read is what was written or a gap, and never fails. */
    @Property(tries = 300)
    void readsNothingFalseFromDamagedFiles(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Random random = new Random(seed);
        long endBefore;
        try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
            writeAtRandom(log, random, 1 + random.nextInt(60));
            endBefore = log.end();
        }
        for (String file : storage.names()) {
            if (random.nextInt(4) == 0) {
                damage(storage, file, random);
            }
        }

        Covered covered = covered(entries(storage, 0), 0);
        assertThat(covered.end()).isLessThanOrEqualTo(endBefore);
        Verifier.verify(storage);
        try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
            assertThat(log.end()).isLessThanOrEqualTo(endBefore);
            long end = log.end();
            log.write(List.of(output(end, 5_000)));
            assertThat(log.bytes()).isLessThanOrEqualTo(SMALL.quotaBytes());
            assertThat(covered(entries(storage, end), end)).isEqualTo(new Covered(end + 5_000, 5_000, 0));
        }
    }

    private static void damage(MemoryStorage storage, String file, Random random) throws IOException {
        byte[] content = storage.content(file);
        switch (random.nextInt(4)) {
            case 0 -> storage.put(file, Arrays.copyOf(content, random.nextInt(content.length + 1)));
            case 1 -> storage.put(file, Arrays.copyOf(content, content.length + random.nextInt(200)));
            case 2 -> storage.delete(file);
            default -> {
                for (int i = random.nextInt(6); i >= 0 && content.length > 0; i--) {
                    content[random.nextInt(content.length)] = (byte) random.nextInt();
                }
                storage.put(file, content);
            }
        }
    }

    /** A call of the disk fails, and so do some after it: opened anew, the log goes on without a hole. */
    @Property(tries = 400)
    void goesOnAfterAnyFailureOfTheDisk(
            @ForAll @LongRange(min = 0, max = 1L << 40) long seed,
            @ForAll @IntRange(min = 0, max = 60) int call,
            @ForAll @IntRange(min = 1, max = 4) int failures)
            throws Exception {
        MemoryStorage storage = new MemoryStorage();
        Random random = new Random(seed);
        List<List<Waiting>> batches = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < 40; i++) {
            int length = 1 + random.nextInt(2_500);
            batches.add(
                    List.of(output(at, length), new Waiting.Mark(at + length, EntryKind.BREAK, "b" + i, moment(i))));
            at += length;
        }
        storage.failAt(call, failures);

        int written = 0;
        for (int tries = 0; written < batches.size(); tries++) {
            assertThat(tries).isLessThan(10);
            try (LogDirectory log = LogDirectory.open(storage, SMALL, CREATION)) {
                while (written < batches.size()) {
                    log.write(batches.get(written));
                    log.force();
                    written++;
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("as told");
            }
        }

        assertThat(covered(entries(storage, 0), 0)).isEqualTo(new Covered(at, at, 0));
        assertThat(Verifier.verify(storage).fault()).isEmpty();
        assertThat(entries(storage, 0).stream().filter(LogEntry.Mark.class::isInstance))
                .hasSize(40);
    }
}
