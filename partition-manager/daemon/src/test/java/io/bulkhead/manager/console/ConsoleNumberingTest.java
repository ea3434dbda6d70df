package io.bulkhead.manager.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.record.ConsoleRecord;
import io.bulkhead.manager.record.RecordException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleNumberingTest {
    private static final long STEP = ConsoleNumbering.STEP;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> saved = new ArrayList<>();
    private Optional<ConsoleRecord> record = Optional.empty();
    private boolean diskFull;

    private ConsoleNumbering numbering() {
        return new ConsoleNumbering(
                new ConsoleNumbering.Records() {
                    @Override
                    public Optional<ConsoleRecord> load() {
                        return record;
                    }

                    @Override
                    public void save(ConsoleRecord console, boolean durable) {
                        if (diskFull) {
                            throw new RecordException("full", new IOException());
                        }
                        record = Optional.of(console);
                        saved.add(console.reserved() + (durable ? " durable" : ""));
                    }

                    @Override
                    public void remove() {
                        record = Optional.empty();
                    }
                },
                tasks::add);
    }

    @Test
    void reservesAheadOnceInAWhile() {
        ConsoleNumbering numbering = numbering();
        assertThat(numbering.reserved()).isZero();

        numbering.reserve(0);
        numbering.reserve(STEP / 2);
        numbering.reserve(STEP / 2 + 1);

        assertThat(saved).containsExactly(STEP + " durable", STEP + STEP / 2 + 1 + " durable");
        assertThat(numbering().created()).isEqualTo(numbering.created());
        assertThat(numbering().reserved()).isEqualTo(STEP + STEP / 2 + 1);
    }

    @Test
    void whoMayNotWaitAsksOnceAndGoesOnMeanwhile() {
        ConsoleNumbering numbering = numbering();
        numbering.reserve(0);

        numbering.reserveAhead(STEP / 2 + 1);
        numbering.reserveAhead(STEP / 2 + 2);

        assertThat(tasks).hasSize(1);
        assertThat(numbering.reserved()).isEqualTo(STEP);
        tasks.remove().run();
        assertThat(numbering.reserved()).isEqualTo(STEP + STEP / 2 + 1);
        numbering.reserveAhead(STEP / 2 + 3);
        assertThat(tasks).isEmpty();
    }

    @Test
    void theNumberOfAnOrderlyEndIsExact() {
        ConsoleNumbering numbering = numbering();
        numbering.reserve(0);

        numbering.settle(1234);

        assertThat(saved).last().isEqualTo("1234");
        ConsoleNumbering next = numbering();
        assertThat(next.reserved()).isEqualTo(1234);
        next.reserve(1234);
        assertThat(saved).last().isEqualTo(1234 + STEP + " durable");
    }

    @Test
    void nothingIsWrittenOfADeletedConsole() {
        ConsoleNumbering numbering = numbering();
        numbering.reserve(0);
        numbering.reserveAhead(STEP);

        numbering.end();
        tasks.forEach(Runnable::run);

        assertThat(record).isEmpty();
        assertThat(numbering().created()).isNotEqualTo(numbering.created());
    }

    @Test
    void aFullDiskStopsNoConsoleButADefinition() {
        diskFull = true;
        ConsoleNumbering numbering = numbering();

        assertThatThrownBy(() -> numbering.reserve(0)).isInstanceOf(RecordException.class);
        numbering.reserveAnyway(0);

        assertThat(numbering.reserved()).isEqualTo(STEP);
    }
}
