package io.bulkhead.manager.intrusion;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuTime;
import io.bulkhead.contract.partition.Intrusion;
import java.util.Optional;

/**
 * Who had the CPUs of one whole-CPU slice, window after window. Pure and immutable.
 *
 * <p>A window in which one of the CPUs was not online, or a count has fallen (a group or a CPU that was made anew), is not
 * accounted at all: nobody can say then who had what.
 */
final class Account {
    /** How many interrupts are named. */
    private static final int NAMED = 5;

    /** Columns of /proc/stat that count, each off by less than a tick at either end of a window. */
    private static final int COLUMNS = 3;

    private final CpuSet cpus;
    private final long sinceMillis;
    private final Optional<Reading> base;
    private final long stretchErrorMicros;
    private final long endedStretchesErrorMicros;
    private final CpuTime total;
    private final long highestMicros;
    private final Optional<Intrusion> last;

    /**
     * One look at the host and at the partition, in this order.
     *
     * @param sample of the host
     * @param ownMicros CPU time of the partition since its group was made
     * @param afterNanos when that had been read, on the monotonic clock
     */
    record Reading(Sample sample, long ownMicros, long afterNanos) {
        /** How long the look took: so far can its two parts be off from each other, for each CPU. */
        long spanMicros() {
            return Math.max(0, (afterNanos - sample.nanos()) / 1000);
        }
    }

    private Account(
            CpuSet cpus,
            long sinceMillis,
            Optional<Reading> base,
            long stretchErrorMicros,
            long endedStretchesErrorMicros,
            CpuTime total,
            long highestMicros,
            Optional<Intrusion> last) {
        this.cpus = cpus;
        this.sinceMillis = sinceMillis;
        this.base = base;
        this.stretchErrorMicros = stretchErrorMicros;
        this.endedStretchesErrorMicros = endedStretchesErrorMicros;
        this.total = total;
        this.highestMicros = highestMicros;
        this.last = last;
    }

    /** Begins with a first look. */
    static Account begin(CpuSet cpus, Reading reading) {
        return new Account(
                cpus, reading.sample().timeMillis(), usable(cpus, reading), 0, 0, CpuTime.NONE, 0, Optional.empty());
    }

    private static Optional<Reading> usable(CpuSet cpus, Reading reading) {
        return reading.sample().has(cpus) ? Optional.of(reading) : Optional.empty();
    }

    CpuSet cpus() {
        return cpus;
    }

    /** Microseconds on the monotonic clock since the window under way began; 0 where there is none. */
    long windowMicros(long nowNanos) {
        return base.map(begun -> (nowNanos - begun.sample().nanos()) / 1000).orElse(0L);
    }

    /** What is known after the last window; empty before the end of the first. */
    Optional<Intrusion> intrusion() {
        return last;
    }

    /** The window under way is not accounted; the next one begins with the next look. */
    Account interrupted() {
        return new Account(
                cpus,
                sinceMillis,
                Optional.empty(),
                0,
                endedStretchesErrorMicros + stretchErrorMicros,
                total,
                highestMicros,
                last);
    }

    /** Ends the window under way by a look, with which the next one begins. */
    Account next(Reading reading) {
        Optional<CpuTime> window =
                base.filter(begun -> reading.sample().has(cpus)).flatMap(begun -> window(begun, reading));
        if (window.isEmpty()) {
            Account broken = base.isPresent() ? interrupted() : this;
            return new Account(
                    cpus,
                    sinceMillis,
                    usable(cpus, reading),
                    0,
                    broken.endedStretchesErrorMicros,
                    total,
                    highestMicros,
                    last);
        }
        Reading begun = base.orElseThrow();
        long error =
                cpus.size() * (COLUMNS * KernelClocks.TICK_MICROS + Math.max(begun.spanMicros(), reading.spanMicros()));
        // From one look to the next the errors cancel out: a stretch of windows is off as much as its worst one.
        long stretchError = Math.max(stretchErrorMicros, error);
        CpuTime sum = total.plus(window.get());
        long highest = Math.max(highestMicros, sum.intrusionMicros());
        Intrusion intrusion = new Intrusion(
                cpus,
                sinceMillis,
                reading.sample().timeMillis(),
                sum,
                window.get(),
                endedStretchesErrorMicros + stretchError,
                highest,
                reading.sample().interrupts().since(begun.sample().interrupts(), cpus, NAMED));
        return new Account(
                cpus,
                sinceMillis,
                Optional.of(reading),
                stretchError,
                endedStretchesErrorMicros,
                sum,
                highest,
                Optional.of(intrusion));
    }

    private Optional<CpuTime> window(Reading begun, Reading ended) {
        long length = (ended.sample().nanos() - begun.sample().nanos()) / 1000 * cpus.size();
        long own = ended.ownMicros() - begun.ownMicros();
        long stolen = ended.sample().stolenMicros(cpus) - begun.sample().stolenMicros(cpus);
        long idle = ended.sample().idleMicros(cpus) - begun.sample().idleMicros(cpus);
        boolean sound = length > 0 && own >= 0 && stolen >= 0 && idle >= -cpus.size() * KernelClocks.TICK_MICROS;
        return sound ? Optional.of(CpuTime.of(length, own, stolen, idle)) : Optional.empty();
    }
}
