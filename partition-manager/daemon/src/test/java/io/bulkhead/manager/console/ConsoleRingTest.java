package io.bulkhead.manager.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.StreamMessage.Mark;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ConsoleRingTest {
    private static final String OWNER = "0011223344556677 boot";

    /** Whatever is appended in whatever pieces: the ring holds exactly the newest bytes at their offsets. */
    @Property(tries = 200)
    void holdsTheNewestBytesAtTheirOffsets(
            @ForAll @Size(max = 20) List<@IntRange(min = 0, max = 90_000) Integer> pieces,
            @ForAll @IntRange(min = 1, max = 200_000) int capacity,
            @ForAll @LongRange(min = 0, max = 1L << 50) long base) {
        ConsoleRing ring = ring(capacity, base);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length : pieces) {
            byte[] piece = output(all.size(), length + 3);
            ring.append(piece, 3, length);
            all.write(piece, 3, length);
        }

        assertThat(ring.end()).isEqualTo(base + all.size());
        assertThat(ring.end() - ring.start()).isEqualTo(Math.min(all.size(), capacity));
        assertThat(ring.read(ring.start(), Integer.MAX_VALUE))
                .isEqualTo(Arrays.copyOfRange(all.toByteArray(), (int) (ring.start() - base), all.size()));
    }

    /**
     * Whatever is done, and at whichever store the process dies: the next one finds every byte that was committed, at its
     * offset, what it cannot have is a gap, and the stream goes on behind all of it.
     */
    @Property(tries = 400)
    void survivesADeathAtAnyStore(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 5) Integer> works,
            @ForAll @IntRange(min = 1, max = 60_000) int capacity,
            @ForAll Random random) {
        long seed = random.nextLong();
        int stores = play(works, capacity, seed, Integer.MAX_VALUE).stores;
        for (int died = 1; died <= stores; died++) {
            Play play = play(works, capacity, seed, died);
            ConsoleRing next =
                    ConsoleRing.recover(play.memory.survivor(), OWNER).orElseThrow();

            assertThat(next.end()).isGreaterThanOrEqualTo(play.committed);
            assertAllIsRight(next, play.model, play.committed);
            long end = next.end();
            next.append(new byte[] {42}, 0, 1);
            assertThat(next.read(end, 9)).containsExactly(42);
        }
    }

    private static void assertAllIsRight(ConsoleRing ring, Model model, long committed) {
        long offset = ring.start();
        while (offset < ring.end()) {
            OptionalLong gapEnd = ring.gapAt(offset);
            if (gapEnd.isPresent()) {
                // What was there is there.
                assertThat(offset >= committed || model.isGap(offset))
                        .as("gap at %d of %d", offset, committed)
                        .isTrue();
                offset = gapEnd.getAsLong();
                continue;
            }
            byte[] piece = ring.read(offset, 1000);
            assertThat(piece).as("at %d", offset).isNotEmpty();
            for (int i = 0; i < piece.length; i++) {
                assertThat(piece[i]).as("at %d", offset + i).isEqualTo(model.at(offset + i));
            }
            offset += piece.length;
        }
        assertThat(offset).isEqualTo(ring.end());
        for (Mark mark : ring.marks().all()) {
            assertThat(model.marks).contains(mark.offset());
        }
    }

    /** A read that the process does not survive is found out about, to the byte where the kernel had told how much. */
    @Property(tries = 300)
    void findsWhatAReadHadTakenWhenTheProcessDied(
            @ForAll @IntRange(min = 0, max = 5000) int before,
            @ForAll @IntRange(min = 1, max = 4095) int wanted,
            @ForAll boolean exact,
            @ForAll Random random) {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing ring = ConsoleRing.format(memory, OWNER, 7);
        ring.append(output(7, before), 0, before);
        ByteBuffer window = ring.beginRead(wanted, exact);
        int asked = window.remaining();
        int came = exact ? asked : random.nextInt(asked + 1);
        window.put(output(ring.end(), came));

        ConsoleRing next = ConsoleRing.recover(memory.survivor(), OWNER).orElseThrow();

        byte[] found = next.read(7 + before < next.start() ? next.start() : 7 + before, 100_000);
        byte[] all = output(7 + before, came);
        long lost = next.end() - (7 + before) - found.length;
        assertThat(found).isEqualTo(Arrays.copyOf(all, Math.min(all.length, found.length)));
        // As few bytes as that may look like the pattern, and then are a gap.
        if (exact && asked >= 8) {
            assertThat(found).isEqualTo(all);
            assertThat(lost).isZero();
        } else {
            assertThat(lost).isBetween((long) came - found.length, 8L);
        }
    }

    @Test
    void aReadThatHadTakenNothingLeavesNoGap() {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing ring = ConsoleRing.format(memory, OWNER, 0);
        ring.beginRead(4000, true);

        ConsoleRing next = ConsoleRing.recover(memory.survivor(), OWNER).orElseThrow();

        assertThat(next.end()).isZero();
        assertThat(next.skipped()).isZero();
    }

    @Test
    void ofAFewBytesNobodyCanTell() {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing ring = ConsoleRing.format(memory, OWNER, 0);
        ring.beginRead(2, true);

        ConsoleRing next = ConsoleRing.recover(memory.survivor(), OWNER).orElseThrow();

        assertThat(next.end()).isEqualTo(2);
        assertThat(next.gapAt(0)).hasValue(2);
    }

    @Test
    void remembersTheNewestMarksAndNumbersThem() {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing ring = ConsoleRing.format(memory, OWNER, 0);
        for (int i = 0; i < 200; i++) {
            ring.mark(i, Mark.Kind.RESIZED, "€".repeat(66));
            ring.append(new byte[10], 0, 10);
        }

        ConsoleRing next = ConsoleRing.recover(memory.survivor(), OWNER).orElseThrow();

        assertThat(next.marks().all()).hasSize(63).isEqualTo(ring.marks().all());
        assertThat(next.marks().firstFrom(1500)).isEqualTo(150);
        assertThat(next.marks().firstFrom(0)).isEqualTo(137);
        assertThat(next.marks().next(0).orElseThrow().number()).isEqualTo(137);
        assertThat(next.marks().next(199).orElseThrow().mark())
                .isEqualTo(new Mark(1990, 199, Mark.Kind.RESIZED, "€".repeat(66)));
        assertThat(next.marks().next(200)).isEmpty();
    }

    @Test
    void remembersMarksOfEveryKind() {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing ring = ConsoleRing.format(memory, OWNER, 0);
        for (Mark.Kind kind : Mark.Kind.values()) {
            ring.mark(1, kind, "");
        }

        ConsoleRing next = ConsoleRing.recover(memory.survivor(), OWNER).orElseThrow();

        assertThat(next.marks().all()).extracting(Mark::kind).containsExactly(Mark.Kind.values());
    }

    @Test
    void forgetsThePastBeforeItForgetsAGap() {
        ConsoleRing ring = ring(1000, 0);
        for (int i = 0; i < 40; i++) {
            ring.append(new byte[] {1}, 0, 1);
            ring.skip(1);
        }

        assertThat(ring.end()).isEqualTo(80);
        assertThat(ring.start()).isEqualTo(18);
        assertThat(ring.skipped()).isEqualTo(31);
        for (long offset = ring.start(); offset < 80; offset++) {
            assertThat(ring.gapAt(offset).isPresent()).isEqualTo(offset % 2 == 1);
        }
    }

    @Test
    void takesOverWhatFits() {
        ConsoleRing large = ring(1000, 0);
        large.append(output(0, 100), 0, 100);
        large.mark(1, Mark.Kind.RUN_ENDED, "x");
        large.skip(10);
        large.append(output(110, 90), 0, 90);

        ConsoleRing small = ring(150, 0);
        small.copy(large);

        assertThat(small.start()).isEqualTo(50);
        assertThat(small.end()).isEqualTo(200);
        assertThat(small.read(50, 1000)).isEqualTo(output(50, 50));
        assertThat(small.gapAt(100)).hasValue(110);
        assertThat(small.read(110, 1000)).isEqualTo(output(110, 90));
        assertThat(small.marks().all()).isEqualTo(large.marks().all());
    }

    @Test
    void isNobodyElses() {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing.format(memory, OWNER, 0);

        assertThat(ConsoleRing.recover(memory.survivor(), OWNER)).isPresent();
        assertThat(ConsoleRing.recover(memory.survivor(), OWNER + "2")).isEmpty();
        assertThat(ConsoleRing.recover(new DyingMemory(100_000), OWNER)).isEmpty();
    }

    /** Whatever a file holds: it is a ring or it is none, and a ring can be used. */
    @Property(tries = 500)
    void neverTrustsWhatItFinds(
            @ForAll @Size(max = 6) List<@IntRange(min = 0, max = 130) Integer> places, @ForAll Random random) {
        DyingMemory memory = new DyingMemory(ConsoleRing.memoryFor(4096));
        ConsoleRing ring = ConsoleRing.format(memory, OWNER, 5);
        ring.append(output(5, 500), 0, 500);
        ring.skip(3);
        places.forEach(
                place -> memory.putLong(place * 8, random.nextBoolean() ? random.nextLong() : random.nextInt(999)));

        ConsoleRing.recover(memory.survivor(), OWNER).ifPresent(found -> {
            found.append(new byte[] {1}, 0, 1);
            long last = found.end() - 1;
            assertThat(found.read(last, 5)).containsExactly(1);
            found.gapAt(found.start());
        });
    }

    @Test
    void readsNoMoreThanAskedAndNothingAtTheEnd() {
        ConsoleRing ring = ring(10, 0);
        ring.append("hello".getBytes(StandardCharsets.US_ASCII), 0, 5);

        assertThat(ring.read(1, 3)).asString().isEqualTo("ell");
        assertThat(ring.read(5, 3)).isEmpty();
    }

    @Test
    void refusesWhatIsForgottenOrYetToCome() {
        ConsoleRing ring = ring(2, 0);
        ring.append(new byte[5], 0, 5);

        assertThatThrownBy(() -> ring.read(2, 1)).hasMessage("offset 2 is not in 3 to 5");
        assertThatThrownBy(() -> ring.read(6, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static ConsoleRing ring(int capacity, long base) {
        return ConsoleRing.format(new DyingMemory(ConsoleRing.memoryFor(capacity)), OWNER, base);
    }

    /** What a console puts out from an offset on. */
    private static byte[] output(long from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = Model.output(from + i);
        }
        return bytes;
    }

    /** What should be where. */
    private static final class Model {
        private final List<Long> marks = new ArrayList<>();
        private final List<RingGaps.Gap> gaps = new ArrayList<>();

        boolean isGap(long offset) {
            return gaps.stream().anyMatch(gap -> gap.from() <= offset && offset < gap.to());
        }

        static byte output(long offset) {
            return (byte) (offset * 31 + (offset >> 8) * 17 + 3);
        }

        byte at(long offset) {
            return output(offset);
        }
    }

    private static final class Play {
        final DyingMemory memory;
        final Model model = new Model();
        long committed;
        int stores;

        Play(int capacity) {
            this.memory = new DyingMemory(ConsoleRing.memoryFor(capacity));
        }
    }

    /** Does the works until the memory dies. */
    private static Play play(List<Integer> works, int capacity, long seed, int died) {
        Play play = new Play(capacity);
        Random random = new Random(seed);
        ConsoleRing ring = ConsoleRing.format(play.memory, OWNER, 3);
        play.memory.dieAt(died);
        play.committed = ring.end();
        try {
            for (int work : works) {
                int amount = 1 + random.nextInt(work == 0 ? 70_000 : 3000);
                if (work <= 1) {
                    ring.append(output(ring.end(), amount), 0, amount);
                } else if (work <= 3) {
                    ByteBuffer window = ring.beginRead(amount, true);
                    int count = work == 3 ? window.remaining() : 0;
                    play.memory.write(window, output(ring.end(), count));
                    ring.endRead(count);
                } else if (work == 4) {
                    play.model.gaps.add(new RingGaps.Gap(ring.end(), ring.end() + amount));
                    ring.skip(amount);
                } else {
                    play.model.marks.add(ring.end());
                    ring.mark(random.nextInt(1000), Mark.Kind.RUN_BEGAN, "detail " + amount);
                }
                play.committed = ring.end();
            }
        } catch (DyingMemory.Death e) {
            assertThat(e).isNotNull();
        }
        play.stores = play.memory.stores();
        return play;
    }
}
