package io.bulkhead.manager.console;

import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.record.ConsoleRecord;
import java.util.Optional;
import java.util.function.Consumer;

/** Consoles without files, for tests that are not about those. */
public final class TestConsoles {
    /** What a test's console keeps. */
    public static final String CREATED = "00112233aabbccdd";

    private TestConsoles() {}

    /** One that begins at offset 0. */
    public static ConsoleHub open(
            PartitionName partition, int history, ConsoleLoop loop, ConsoleCalls calls, Consumer<Event> events) {
        return open(partition, history, Limit.unlimited(), loop, calls, events);
    }

    static ConsoleHub open(
            PartitionName partition,
            int history,
            Limit<ByteRate> rate,
            ConsoleLoop loop,
            ConsoleCalls calls,
            Consumer<Event> events) {
        return new ConsoleHub(
                partition,
                new ConsoleBounds(rate, new ByteSize(history)),
                RingStore.ofProcess(),
                new ConsoleNumbering(new Numbers(), Runnable::run),
                loop,
                calls,
                events,
                () -> 1_700_000_000_000L);
    }

    /** A record that is always there. */
    static final class Numbers implements ConsoleNumbering.Records {
        Optional<ConsoleRecord> record = Optional.of(new ConsoleRecord(CREATED, 0));

        @Override
        public Optional<ConsoleRecord> load() {
            return record;
        }

        @Override
        public void save(ConsoleRecord console, boolean durable) {
            record = Optional.of(console);
        }

        @Override
        public void remove() {
            record = Optional.empty();
        }
    }
}
