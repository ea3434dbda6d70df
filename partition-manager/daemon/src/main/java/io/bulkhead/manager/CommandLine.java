package io.bulkhead.manager;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The manager's command line.
 *
 * @param config the settings file; the built-in defaults without
 * @param overrides settings that win over the file, by {@code section.key}
 */
record CommandLine(Optional<Path> config, Map<String, String> overrides) {
    private static final String USAGE = "usage: --config FILE [--override section.key=value]...";

    /** A command line that is not understood. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message + "; " + USAGE);
        }
    }

    static CommandLine parse(String[] arguments) throws UsageException {
        Optional<Path> config = Optional.empty();
        Map<String, String> overrides = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            String flag = arguments[i];
            if (!flag.equals("--config") && !flag.equals("--override")) {
                throw new UsageException("'" + flag + "' is not known here");
            } else if (i + 1 == arguments.length) {
                throw new UsageException(flag + " lacks its value");
            }
            String value = arguments[i + 1];
            int equals = value.indexOf('=');
            if (flag.equals("--config")) {
                config = Optional.of(Path.of(value));
            } else if (equals < 1) {
                throw new UsageException("'" + value + "' is not of the form section.key=value");
            } else {
                overrides.put(value.substring(0, equals), value.substring(equals + 1));
            }
        }
        return new CommandLine(config, overrides);
    }
}
