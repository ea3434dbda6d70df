package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Fields.Writing;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.Optional;

/** Reads what a partition's console may cost. */
final class ConsoleReader {
    private final Fields fields;

    /** @param fields of the partition */
    ConsoleReader(Fields fields) {
        this.fields = fields;
    }

    Optional<ConsoleSlice> read() {
        return fields.below("console")
                .map(block -> new ConsoleSlice(
                        block.value("rate", Writing.EITHER, ConsoleReader::rate).orElse(ConsoleSlice.DEFAULT.rate()),
                        block.value("history", Writing.EITHER, ConsoleReader::history)));
    }

    private static Limit<ByteRate> rate(String text) {
        Limit<ByteRate> rate = text.equals(Limit.UNLIMITED) ? Limit.unlimited() : Limit.of(ByteRate.parse(text));
        return new ConsoleSlice(rate, Optional.empty()).rate();
    }

    private static ByteSize history(String text) {
        return new ConsoleSlice(ConsoleSlice.DEFAULT.rate(), Optional.of(ByteSize.parse(text)))
                .history()
                .orElseThrow();
    }
}
