package io.bulkhead.console.checks;

import io.bulkhead.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds whatever in the kernel belongs to an installation: there must be nothing of it when it is down. */
public final class Leftovers {
    private static final long UIDS_PER_RANGE = 65_536;
    private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+(\\d+)");
    private static final Pattern NAME = Pattern.compile("(?m)^Name:\\s+(.*)$");

    private final HostFiles files;
    private final Settings settings;

    /**
     * @param root of the file system, {@code /} on the live machine
     */
    public Leftovers(Path root, Settings settings) {
        this.files = new HostFiles(root);
        this.settings = settings;
    }

    /** Control groups that carry the instance's name. */
    public List<String> groups() {
        List<String> found = new ArrayList<>();
        for (MountLine mount : files.mounts()) {
            if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
                for (String name : List.of("", ".pool", ".slice")) {
                    String group = mount.point() + "/" + settings.instance() + name;
                    if (files.exists(group) && !found.contains(group)) {
                        found.add(group);
                    }
                }
            }
        }
        return found;
    }

    /** Mounts in the state and run directories. */
    public List<String> mounts() {
        return files.mounts().stream()
                .map(MountLine::point)
                .filter(point -> isOurs(Path.of(point)))
                .toList();
    }

    /** Processes with uids of partitions. */
    public List<String> processes() {
        List<String> found = new ArrayList<>();
        for (String pid : files.names("/proc")) {
            if (pid.matches("\\d+")) {
                files.text("/proc/" + pid + "/status")
                        .filter(status -> first(UID, status)
                                .map(Long::parseLong)
                                .filter(this::isOurs)
                                .isPresent())
                        .ifPresent(status ->
                                found.add(pid + " (" + first(NAME, status).orElse("?") + ")"));
            }
        }
        return found;
    }

    /** Terminals that belong to uids of partitions. */
    public List<String> terminals() {
        return files.names("/dev/pts").stream()
                .map(name -> "/dev/pts/" + name)
                .filter(path -> files.owner(path).filter(this::isOurs).isPresent())
                .toList();
    }

    /** Loop devices whose file is in the state or run directory. */
    public List<String> loopDevices() {
        return files.names("/sys/block").stream()
                .filter(name -> name.startsWith("loop"))
                .filter(name -> files.text("/sys/block/" + name + "/loop/backing_file")
                        .map(Path::of)
                        .filter(this::isOurs)
                        .isPresent())
                .map(name -> "/dev/" + name)
                .toList();
    }

    /** Network interfaces, each with what its alias says of it: {@code bulkhead/INSTANCE/PARTITION}, or the bridge's. */
    public List<String> interfaces() {
        String ours = "bulkhead/" + settings.instance();
        List<String> found = new ArrayList<>();
        for (String name : files.names("/sys/class/net")) {
            files.text("/sys/class/net/" + name + "/ifalias")
                    .filter(alias -> alias.equals(ours) || alias.startsWith(ours + "/"))
                    .ifPresent(alias -> found.add(name + " (" + alias + ")"));
        }
        return found;
    }

    /** Tables of the packet filter, as nft(8) lists them; none where that is not installed, or we may not ask. */
    public List<String> filterTables() {
        return files.output("nft", "list", "tables")
                .lines()
                .map(String::strip)
                .filter(line -> line.endsWith(" bulkhead-" + settings.instance()))
                .toList();
    }

    /** Sockets in the run directory, where their processes should have removed them. */
    public List<String> sockets() {
        return List.of(settings.managerSocket(), settings.apiSocket()).stream()
                .map(Path::toString)
                .filter(files::exists)
                .toList();
    }

    private boolean isOurs(Path path) {
        return path.startsWith(settings.runDirectory()) || path.startsWith(settings.stateDirectory());
    }

    private boolean isOurs(long uid) {
        return uid >= settings.uidBase() && uid < settings.uidBase() + settings.uidRanges() * UIDS_PER_RANGE;
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
