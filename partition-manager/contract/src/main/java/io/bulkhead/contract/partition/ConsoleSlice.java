package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.Optional;

/**
 * What a partition's console may cost the host.
 *
 * @param rate of output, 1 KiB/s or more; above it the partition's writers wait
 * @param history of the newest output that the manager keeps, 4 KiB to 64 MiB; as the manager's settings say where absent
 */
public record ConsoleSlice(Limit<ByteRate> rate, Optional<ByteSize> history) {
    /** Slower than a person reads. */
    private static final ByteRate LEAST_RATE = new ByteRate(1 << 10);

    private static final ByteSize LEAST_HISTORY = new ByteSize(4 << 10);
    private static final ByteSize MOST_HISTORY = ByteSize.ofMebibytes(64);

    // Behind the bounds, which it is held to.
    /** Where nothing is said. */
    public static final ConsoleSlice DEFAULT = new ConsoleSlice(Limit.of(new ByteRate(4 << 20)), Optional.empty());

    public ConsoleSlice {
        rate.fold(
                bound -> {
                    if (bound.bytesPerSecond() < LEAST_RATE.bytesPerSecond()) {
                        throw new IllegalArgumentException("a console's rate is " + LEAST_RATE + " or more: " + bound);
                    }
                    return bound;
                },
                LEAST_RATE);
        if (history.isPresent()
                && (history.get().compareTo(LEAST_HISTORY) < 0 || history.get().compareTo(MOST_HISTORY) > 0)) {
            throw new IllegalArgumentException(
                    "a console's history is " + LEAST_HISTORY + " to " + MOST_HISTORY + ": " + history.get());
        }
    }
}
