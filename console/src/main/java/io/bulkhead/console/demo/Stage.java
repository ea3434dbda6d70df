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
    private static final Path ROUTES = Path.of("/proc/net/route");
    private static final int FIRST_SUBNET = 77;

    /** Far above what useradd(8), subuid(5) and systemd's dynamic users give out. */
    private static final long UID_BASE = 1_879_048_192L;

    private final Path directory;
    private final Path config;
    private final LoadedSettings loaded;
    private Optional<Outside> outside = Optional.empty();
    private String noOutside = "";

    private Stage(Path directory, Path config, LoadedSettings loaded) {
        this.directory = directory;
        this.config = config;
        this.loaded = loaded;
    }

    /**
     * Makes the directory with its settings file.
     *
     * @param topology of this machine
     * @param keep whether it is to stay, so that nothing of it may depend on this process
     */
    static Stage build(Topology topology, boolean keep) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(PARENT, INSTANCE + "-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Stage stage = of(directory, topology, Optional.empty());
        try {
            if (!stage.leftovers().groups().isEmpty()) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        "a demonstration is running, or was left running with --keep",
                        "take it down with the commands that it printed, or see 'ls -d " + PARENT + "/" + INSTANCE
                                + "-*'");
            }
            if (keep) {
                stage.noOutside = "nobody can be put beside the host to stay there";
                return stage;
            }
            return stage.withNeighbour(topology);
        } catch (IOException | InterruptedException | RuntimeException e) {
            stage.remove();
            throw e;
        }
    }

    private static Stage of(Path directory, Topology topology, Optional<String> uplink) throws IOException {
        Path config = directory.resolve("bulkhead.conf");
        String subnet = freeSubnet(Files.readString(ROUTES));
        Files.writeString(config, settingsText(directory, topology, subnet, uplink));
        return new Stage(directory, config, SettingsLoader.read(Optional.of(config), Map.of(), Map.of()));
    }

    /** Somebody beside the host, by whose link ports are reached; it goes on without where none can be made. */
    private Stage withNeighbour(Topology topology) throws IOException, InterruptedException {
        Outside made;
        try {
            made = Outside.open("bulkhead/" + INSTANCE);
        } catch (IOException e) {
            noOutside = String.valueOf(e.getMessage());
            return this;
        }
        try {
            Stage stage = of(directory, topology, Optional.of(Outside.LINK));
            stage.outside = Optional.of(made);
            return stage;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Addresses for the partitions that this host has no way to yet. Pure.
     *
     * @param routes the text of {@code /proc/net/route}
     */
    static String freeSubnet(String routes) {
        for (int third = FIRST_SUBNET; third < 256; third++) {
            int network = 10 << 24 | 213 << 16 | third << 8;
            if (routes.lines().skip(1).noneMatch(line -> meets(line, network))) {
                return "10.213." + third + ".0/28";
            }
        }
        return "10.213." + FIRST_SUBNET + ".0/28";
    }

    /** Whether a line is of a network that has something of these 256 addresses; not the default route. */
    private static boolean meets(String line, int network) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields.length < 8) {
            return false;
        }
        int target = Integer.reverseBytes(Integer.parseUnsignedInt(fields[1], 16));
        int mask = Integer.reverseBytes(Integer.parseUnsignedInt(fields[7], 16)) & 0xFFFFFF00;
        return mask != 0 && (target & mask) == (network & mask);
    }

    /** Where one core is all there is, its first thread is the pool and the others can be given out. */
    static String settingsText(Path directory, Topology topology, String subnet, Optional<String> uplink) {
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
                + "[network]\n"
                + "subnet = " + subnet + "\n"
                + uplink.map(link -> "uplink = " + link + "\n").orElse("")
                + "[control-plane]\n"
                + "user = " + (UID_BASE - 1) + "\n";
    }

    /** Who stands beside the host, where somebody could be put there. */
    Optional<Outside> outside() {
        return outside;
    }

    /** Why nobody stands there. */
    String whyNobodyIsOutside() {
        return noOutside;
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

    /** Removes the directory and the link outside; nothing of the installation may run any more. */
    void remove() throws IOException {
        outside.ifPresent(Outside::close);
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
