package io.bulkhead.console.demo;

import io.bulkhead.console.checks.Leftovers;
import io.bulkhead.console.daemons.Installation;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.settings.LoadedSettings;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The installation that the demonstration runs in: names, directories and uids of its own, so that it never meets a real
 * one.
 */
final class Stage {
    /** On a disk, unlike /tmp on many machines. */
    private static final Path PARENT = Path.of("/var/tmp");

    private static final String INSTANCE = "bulkhead-demo";

    /** Far above what useradd(8), subuid(5) and systemd's dynamic users give out. */
    private static final long UID_BASE = 1_879_048_192L;

    private final Path directory;
    private final Path config;
    private final LoadedSettings loaded;

    private Stage(Path directory, Path config, LoadedSettings loaded) {
        this.directory = directory;
        this.config = config;
        this.loaded = loaded;
    }

    /**
     * Makes the directory with its settings file.
     *
     * @param topology of this machine
     */
    static Stage build(Topology topology) throws IOException {
        Path directory = Files.createTempDirectory(PARENT, INSTANCE + "-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path config = directory.resolve("bulkhead.conf");
        Files.writeString(config, settingsText(directory, topology));
        Stage stage = new Stage(directory, config, SettingsLoader.read(Optional.of(config), Map.of(), Map.of()));
        if (!stage.leftovers().groups().isEmpty()) {
            stage.remove();
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "a demonstration is running, or was left running with --keep",
                    "take it down with the commands that it printed, or see 'ls -d " + PARENT + "/" + INSTANCE + "-*'");
        }
        return stage;
    }

    /** Where one core is all there is, its first thread is the pool and the others can be given out. */
    static String settingsText(Path directory, Topology topology) {
        String pool = topology.cores().size() > 1
                ? ""
                : "[host]\ncpus = " + topology.online().ids().get(0) + "\n";
        return "# Made by 'bulkhead demo'.\n"
                + "[instance]\n"
                + "name = " + INSTANCE + "\n"
                + "state_dir = " + directory.resolve("state") + "\n"
                + "run_dir = " + directory.resolve("run") + "\n"
                + "definitions_dir = " + directory.resolve("partitions") + "\n"
                + pool
                + "[partitions]\n"
                + "uid_base = " + UID_BASE + "\n"
                + "uid_ranges = 4\n"
                + "[control-plane]\n"
                + "user = " + (UID_BASE - 1) + "\n";
    }

    Installation installation() {
        return Installation.of(loaded, Optional.of(config));
    }

    Settings settings() {
        return loaded.settings();
    }

    Leftovers leftovers() {
        return new Leftovers(Path.of("/"), settings());
    }

    Path directory() {
        return directory;
    }

    Path config() {
        return config;
    }

    /** Removes the directory; nothing of the installation may run any more. */
    void remove() throws IOException {
        // Nothing may be mounted below any more: deleting would go through the mount into what it shows.
        if (!leftovers().mounts().isEmpty()) {
            throw new IOException("something is still mounted in " + directory + "; it was left there");
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
