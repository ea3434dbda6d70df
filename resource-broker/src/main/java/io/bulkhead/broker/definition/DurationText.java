package io.bulkhead.broker.definition;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in definitions: {@code 500ms}, {@code 10s}, {@code 2min}, {@code 1h}. */
final class DurationText {
    private record Unit(String name, long millis) {}

    private static final List<Unit> UNITS =
            List.of(new Unit("h", 3_600_000), new Unit("min", 60_000), new Unit("s", 1000), new Unit("ms", 1));

    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,8})(h|min|s|ms)");

    private DurationText() {}

    static long parseMillis(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a time; write a whole number and its unit (ms, s, min, h), like 10s");
        }
        long unit = UNITS.stream()
                .filter(each -> each.name().equals(matcher.group(2)))
                .findFirst()
                .orElseThrow()
                .millis();
        return Long.parseLong(matcher.group(1)) * unit;
    }

    static String format(long millis) {
        Unit unit = UNITS.stream()
                .filter(each -> millis % each.millis() == 0)
                .findFirst()
                .orElseThrow();
        return millis / unit.millis() + unit.name();
    }
}
