package io.bulkhead.console.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.ServerMessage.Gap;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * Laws of a viewer at a console that is written at random, skipped and overrun, with a log that lacks something: delivered and
 * skipped are the offset, every byte is the right one, and only what the policy allows is left out.
 */
class ViewerCursorLawsTest {
    private static final int RING = 64 << 10;
    private static final long FIRST = 1_000_000_007L;

    /** The stream's byte at an offset; a newline now and then. */
    private static byte at(long offset) {
        long mixed = offset * 0x9E3779B97F4A7C15L >>> 40;
        return (byte) (mixed % 61 == 0 ? '\n' : 'a' + mixed % 26);
    }

    /** Nothing to watch. */
    private static final Recorder<Integer> NOBODY = new Recorder<>() {
        @Override
        public Integer state() {
            return 0;
        }

        @Override
        public void passed(byte[] bytes, int from, int length) {
            // Not of interest.
        }

        @Override
        public void lost() {
            // Not of interest.
        }
    };

    private static final class Run {
        private final Random random;
        private final ConsoleRing<Integer> ring = new ConsoleRing<>(RING, FIRST, NOBODY);
        private final ViewerCursor cursor;
        private final LagPolicy policy;
        private final long logStart;
        private final long pastEnd;
        private long lostByConsole;
        private long slow;
        private long old;
        private long lost;
        private long now;

        Run(LagPolicy policy, Random random) {
            this.policy = policy;
            this.random = random;
            write();
            write();
            long begin = FIRST + random.nextInt((int) (ring.end() - FIRST + 1));
            this.logStart = random.nextBoolean() ? FIRST : begin + random.nextInt(100_000);
            this.pastEnd = ring.end();
            this.cursor = new ViewerCursor(policy, begin, ring.end());
        }

        void write() {
            int length = random.nextInt(random.nextInt(6) == 0 ? 300_000 : 9_000);
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = at(ring.end() + i);
            }
            ring.append(bytes, 0, length);
        }

        void lose() {
            int length = 1 + random.nextInt(5_000);
            ring.skipTo(ring.end() + length);
            lostByConsole += length;
        }

        void read() {
            long before = cursor.offset();
            Step step = cursor.next(ring, 1 + random.nextInt(16 << 10), now);
            if (step instanceof Step.AskLog ask) {
                assertThat(ask.from()).isEqualTo(before);
                boolean has = ask.from() >= logStart && random.nextInt(20) > 0;
                int length = (int) Math.min(ask.to() - ask.from(), 1 + random.nextInt(8_000));
                step = cursor.fromLog(
                        ask,
                        has ? bytes(ask.from(), length) : ByteBuffer.allocate(0),
                        random.nextBoolean() ? Long.MAX_VALUE : Math.max(logStart, ask.from() + length));
            }
            if (step instanceof Step.Deliver deliver) {
                assertThat(deliver.offset()).isEqualTo(before);
                for (int i = 0; i < deliver.bytes().remaining(); i++) {
                    if (deliver.bytes().get(i) != at(before + i)) {
                        throw new AssertionError("another byte stands at " + (before + i));
                    }
                }
                assertThat(deliver.past()).isEqualTo(before < pastEnd);
            } else if (step instanceof Step.Skip skip) {
                assertThat(skip.from()).isEqualTo(before);
                assertThat(skip.to()).isGreaterThan(before);
                count(skip);
            }
            assertThat(cursor.delivered() + cursor.skipped()).isEqualTo(cursor.offset() - cursor.begin());
            assertThat(cursor.skipped()).isEqualTo(slow + old + lost);
            assertThat(cursor.offset()).isLessThanOrEqualTo(ring.end());
        }

        private void count(Step.Skip skip) {
            long length = skip.to() - skip.from();
            switch (skip.cause()) {
                case SLOW -> {
                    slow += length;
                    assertThat(skip.from()).isGreaterThanOrEqualTo(pastEnd);
                    assertThat(policy).isNotEqualTo(LagPolicy.COMPLETE);
                }
                case OLD -> old += length;
                case LOST -> lost += length;
            }
            assertThat(skip.jump()).isEqualTo(skip.cause() == Gap.Loss.SLOW);
        }

        private ByteBuffer bytes(long from, int length) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = at(from + i);
            }
            return ByteBuffer.wrap(bytes);
        }

        void type() {
            cursor.typed(ByteBuffer.wrap(new byte[] {(byte) (random.nextBoolean() ? 3 : 'x')}), now);
        }

        void play(int steps) {
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1 -> write();
                    case 2 -> {
                        if (random.nextInt(10) == 0) {
                            lose();
                        }
                    }
                    case 3 -> type();
                    default -> read();
                }
                now += random.nextInt(300);
            }
            while (cursor.offset() < ring.end()) {
                read();
            }
        }
    }

    @Property(tries = 300)
    void everythingIsDeliveredOrSkipped(
            @ForAll LagPolicy policy, @ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Run run = new Run(policy, new Random(seed));
        run.play(400);

        assertThat(run.cursor.offset()).isEqualTo(run.ring.end());
        assertThat(run.lost).isLessThanOrEqualTo(run.lostByConsole);
    }

    /** With a whole log, who wants everything misses nothing but what the console itself has lost. */
    @Property(tries = 100)
    void whoWantsEverythingGetsIt(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        ConsoleRing<Integer> ring = new ConsoleRing<>(RING, 0, NOBODY);
        ViewerCursor cursor = new ViewerCursor(LagPolicy.COMPLETE, 0, 0);
        for (int i = 0; i < 60; i++) {
            byte[] bytes = new byte[random.nextInt(40_000)];
            ring.append(bytes, 0, bytes.length);
            for (int j = random.nextInt(4); j > 0; j--) {
                if (cursor.next(ring, 4_096, 0) instanceof Step.AskLog ask) {
                    int length = (int) Math.min(4_096, ask.to() - ask.from());
                    cursor.fromLog(ask, ByteBuffer.allocate(length), ask.from() + length);
                }
            }
        }

        assertThat(cursor.skipped()).isZero();
    }
}
