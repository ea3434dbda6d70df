package io.bulkhead.console.cli;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: a length, an age, a day, or a moment, of this time zone where no Z says otherwise. */
final class TimeText {
    private static final Pattern AGO = Pattern.compile("([1-9]\\d{0,8})([smhd])");
    private static final Map<String, Long> MILLIS =
            Map.of("s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private TimeText() {}

    /**
     * Milliseconds since 1970 UTC, 0 at least.
     *
     * @param option where it was written, for the refusal
     * @param now likewise, from which ages count
     */
    static long millis(String option, String text, long now, ZoneId zone) {
        Matcher ago = AGO.matcher(text);
        try {
            if (ago.matches()) {
                return Math.max(0, now - Long.parseLong(ago.group(1)) * MILLIS.getOrDefault(ago.group(2), 1L));
            }
            return Math.max(0, moment(text, zone).toEpochMilli());
        } catch (DateTimeException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            option + " does not know '" + text + "'",
                            "write 30m, 7d, 2026-05-01, 2026-05-01T12:00:00 or, of UTC, 2026-05-01T12:00:00Z"),
                    e);
        }
    }

    /**
     * A length of time in seconds, like {@code 15m} or {@code 90d}; 1 at least.
     *
     * @param option where it was written, for the refusal
     */
    static long seconds(String option, String text) {
        Matcher match = AGO.matcher(text);
        if (!match.matches()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    option + " does not know '" + text + "'",
                    "write a whole number and s, m, h or d, like 90d");
        }
        return Long.parseLong(match.group(1)) * (MILLIS.getOrDefault(match.group(2), 1_000L) / 1_000);
    }

    private static Instant moment(String text, ZoneId zone) {
        if (text.endsWith("Z")) {
            return Instant.parse(text);
        }
        return text.contains("T")
                ? LocalDateTime.parse(text).atZone(zone).toInstant()
                : LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }
}
