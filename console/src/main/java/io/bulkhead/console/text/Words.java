package io.bulkhead.console.text;

import io.bulkhead.contract.unit.ByteSize;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Quantities as people read them: rounded, local, with units. JSON has the exact ones. */
public final class Words {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter FINE_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private Words() {}

    /** Three digits at least, one decimal at most: {@code 512 MiB}, {@code 1.5 GiB}. */
    public static String size(ByteSize size) {
        return size(size.bytes());
    }

    /** See {@link #size(ByteSize)}. */
    public static String size(long bytes) {
        int power = 0;
        long unit = 1;
        while (bytes / unit >= 1024 && power < UNITS.size() - 1) {
            unit *= 1024;
            power++;
        }
        BigDecimal value = BigDecimal.valueOf(bytes).divide(BigDecimal.valueOf(unit), 1, RoundingMode.HALF_UP);
        if (value.compareTo(BigDecimal.valueOf(100)) >= 0) {
            value = value.setScale(0, RoundingMode.HALF_UP);
        }
        return plain(value) + " " + UNITS.get(power);
    }

    /** See {@link #size(ByteSize)}, per second. */
    public static String rate(long bytesPerSecond) {
        return size(bytesPerSecond) + "/s";
    }

    /** Thousandths as a decimal number: 500 is {@code 0.5}. */
    public static String thousandths(long millis) {
        return plain(BigDecimal.valueOf(millis, 3));
    }

    /** In the zone of this machine. */
    public static String time(long epochMillis, ZoneId zone) {
        return TIME.format(Instant.ofEpochMilli(epochMillis).atZone(zone));
    }

    /** In the zone of this machine, to the millisecond. */
    public static String fineTime(long epochMillis, ZoneId zone) {
        return FINE_TIME.format(Instant.ofEpochMilli(epochMillis).atZone(zone));
    }

    /** The two largest units: {@code 3d 4h}, {@code 12s}. */
    public static String span(long millis) {
        Duration span = Duration.ofMillis(Math.max(0, millis));
        if (span.toDays() > 0) {
            return span.toDays() + "d " + span.toHoursPart() + "h";
        } else if (span.toHours() > 0) {
            return span.toHours() + "h " + span.toMinutesPart() + "m";
        } else if (span.toMinutes() > 0) {
            return span.toMinutes() + "m " + span.toSecondsPart() + "s";
        }
        return span.toSeconds() + "s";
    }

    /** A short time: {@code 40 ms} below a second, {@code 1.25 s} from there on. */
    public static String micros(long micros) {
        return Math.abs(micros) < 1_000_000
                ? plain(BigDecimal.valueOf(micros, 3).setScale(0, RoundingMode.HALF_UP)) + " ms"
                : plain(BigDecimal.valueOf(micros, 6).setScale(2, RoundingMode.HALF_UP)) + " s";
    }

    /** {@code MEMORY_NODES} is {@code memory nodes}. */
    public static String constant(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
