package io.bulkhead.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of the section {@code consoles}. */
final class ConsoleValues {
    private static final Pattern GRANT =
            Pattern.compile("([a-z_][a-z0-9_-]{0,31}|token [A-Za-z0-9_-]{1,64}):(read|write|take-over)@"
                    + "([a-z*][a-z0-9-]{0,62}\\*?)");
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,6})(s|min|h)");

    private ConsoleValues() {}

    static Settings.ConsoleRole role(String text) {
        return Arrays.stream(Settings.ConsoleRole.values())
                .filter(role -> role.word().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not viewer, operator or admin"));
    }

    static List<Settings.ConsoleGrant> grants(String text) {
        List<Settings.ConsoleGrant> grants = new ArrayList<>();
        if (!text.equals(ApiValues.NONE)) {
            for (String each : text.split(",", -1)) {
                Matcher match = GRANT.matcher(each.strip());
                if (!match.matches()) {
                    throw new IllegalArgumentException("'" + each.strip() + "' is not WHO:RIGHT@PARTITION");
                }
                grants.add(new Settings.ConsoleGrant(match.group(1), match.group(2), match.group(3)));
            }
        }
        return List.copyOf(grants);
    }

    static boolean breakReports(String text) {
        return switch (text) {
            case "report" -> true;
            case ApiValues.OFF -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is not report or off");
        };
    }

    /** The code of a control character. */
    static Optional<Integer> escapeKey(String text) {
        return switch (text) {
            case ApiValues.NONE -> Optional.empty();
            case "ctrl-]" -> Optional.of(0x1d);
            case "ctrl-^" -> Optional.of(0x1e);
            case "ctrl-_" -> Optional.of(0x1f);
            default -> throw new IllegalArgumentException("'" + text + "' is not ctrl-], ctrl-^, ctrl-_ or none");
        };
    }

    /** One time for every role, or one for each that is named: {@code viewer:1h,operator:8h}. */
    static Map<Settings.ConsoleRole, Duration> times(String text) {
        Map<Settings.ConsoleRole, Duration> times = new EnumMap<>(Settings.ConsoleRole.class);
        if (!text.contains(":")) {
            time(text).ifPresent(all -> Arrays.stream(Settings.ConsoleRole.values())
                    .forEach(role -> times.put(role, all)));
            return times;
        }
        Set<Settings.ConsoleRole> named = EnumSet.noneOf(Settings.ConsoleRole.class);
        for (String each : text.split(",", -1)) {
            String[] parts = each.strip().split(":", 2);
            if (parts.length < 2) {
                throw new IllegalArgumentException("'" + each.strip() + "' is not ROLE:TIME");
            }
            Settings.ConsoleRole role = role(parts[0]);
            if (!named.add(role)) {
                throw new IllegalArgumentException(role.word() + " has two times");
            }
            time(parts[1]).ifPresent(time -> times.put(role, time));
        }
        return times;
    }

    static Optional<Duration> time(String text) {
        if (text.equals(ApiValues.OFF)) {
            return Optional.empty();
        }
        Matcher match = TIME.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a time like 15min, or off");
        }
        long count = Long.parseLong(match.group(1));
        return Optional.of(
                switch (match.group(2)) {
                    case "h" -> Duration.ofHours(count);
                    case "min" -> Duration.ofMinutes(count);
                    default -> Duration.ofSeconds(count);
                });
    }
}
