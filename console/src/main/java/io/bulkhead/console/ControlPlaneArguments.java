package io.bulkhead.console;

import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the control plane is started with.
 *
 * @param config the settings file, if one is named
 * @param overrides settings that win over it
 * @param train whether to load everything and end
 */
record ControlPlaneArguments(Optional<Path> config, Map<String, String> overrides, boolean train) {
    static ControlPlaneArguments parse(String... args) {
        Optional<Path> config = Optional.empty();
        Map<String, String> overrides = new LinkedHashMap<>();
        boolean train = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--train" -> train = true;
                case "--config" -> config = Optional.of(Path.of(valueOf(args, i++)));
                case "--override" -> {
                    String[] pair = valueOf(args, i++).split("=", 2);
                    if (pair.length < 2) {
                        throw new IllegalArgumentException("'" + pair[0] + "' is not KEY=VALUE");
                    }
                    overrides.put(pair[0], pair[1]);
                }
                default ->
                    throw new IllegalArgumentException("unknown argument '" + args[i]
                            + "'; there are --config FILE, --override KEY=VALUE and --train");
            }
        }
        return new ControlPlaneArguments(config, overrides, train);
    }

    private static String valueOf(String[] args, int option) {
        if (option + 1 >= args.length) {
            throw new IllegalArgumentException(args[option] + " needs a value");
        }
        return args[option + 1];
    }

    Settings settings() {
        return SettingsLoader.read(config, System.getenv(), overrides).settings();
    }
}
