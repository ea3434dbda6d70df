package io.bulkhead.console.daemons;

import io.bulkhead.settings.Explanation;
import io.bulkhead.settings.Explanation.Source;
import io.bulkhead.settings.LoadedSettings;
import io.bulkhead.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One installation: its settings, and how its processes are told the same.
 *
 * @param settings what holds
 * @param arguments of both daemons
 * @param launcher the program that starts them
 */
public record Installation(Settings settings, List<String> arguments, Path launcher) {
    /** Stands for a settings file where there is none: an empty one. */
    private static final String NO_FILE = "/dev/null";

    /** The system property by which the launcher says where it is. */
    private static final String LAUNCHER = "bulkhead.launcher";

    public Installation {
        arguments = List.copyOf(arguments);
    }

    /**
     * The installation that these settings describe. What came from elsewhere than the file is handed on as overrides,
     * so that it holds whatever environment the daemons get.
     */
    public static Installation of(LoadedSettings loaded, Optional<Path> file) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--config");
        arguments.add(file.map(path -> path.toAbsolutePath().toString()).orElse(NO_FILE));
        for (Explanation each : loaded.explainAll()) {
            if (each.source() == Source.OVERRIDE || each.source() == Source.ENVIRONMENT) {
                arguments.add("--override");
                arguments.add(each.key().path() + "=" + each.value());
            }
        }
        String launcher = System.getProperty(LAUNCHER, "bulkhead");
        return new Installation(loaded.settings(), arguments, Path.of(launcher));
    }

    /** The run directory's file of a process. */
    Path runFile(Role role, String suffix) {
        return settings.runDirectory().resolve(role.word() + suffix);
    }

    /** Where the output of a process goes. */
    public Path log(Role role) {
        return runFile(role, ".log");
    }
}
