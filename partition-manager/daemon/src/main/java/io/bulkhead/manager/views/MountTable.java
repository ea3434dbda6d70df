package io.bulkhead.manager.views;

import io.bulkhead.manager.sys.KernelText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is mounted where, as one process sees it: the uppermost mount of each place. A snapshot of /proc/PID/mountinfo, proc(5);
 * for any thread.
 */
final class MountTable {
    /** What lxcfs is told to call itself, which shows as the type. */
    static final String LXCFS = "fuse.lxcfs";

    private final Map<String, Mount> uppermost;

    /**
     * One mount.
     *
     * @param device major and minor number of its super block, {@code 0:43}
     * @param root which directory of the file system is shown
     * @param readOnly whether nobody can write through it
     * @param type of file system
     */
    record Mount(String device, String root, boolean readOnly, String type) {}

    private MountTable(Map<String, Mount> uppermost) {
        this.uppermost = uppermost;
    }

    /**
     * Reads the table of a process; empty once it is gone.
     *
     * @param proc {@code /proc} but in tests
     * @param process its number, or {@code self}
     */
    static Optional<MountTable> of(Path proc, String process) {
        try {
            return Optional.of(parse(KernelText.read(proc.resolve(process).resolve("mountinfo"))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static MountTable parse(String text) {
        Map<String, Mount> mounts = new HashMap<>();
        text.lines().forEach(line -> {
            int dash = line.indexOf(" - ");
            String[] fields = line.split(" ", 7);
            if (dash > 0 && fields.length == 7) {
                // Later ones cover earlier ones. Blanks in a place are written as \040, and none of ours has any.
                mounts.put(
                        fields[4],
                        new Mount(
                                fields[2],
                                fields[3],
                                Arrays.asList(fields[5].split(",")).contains("ro"),
                                line.substring(dash + 3).split(" ", 2)[0]));
            }
        });
        return new MountTable(mounts);
    }

    /** What is mounted on this very place. */
    Optional<Mount> on(Path place) {
        return Optional.ofNullable(uppermost.get(place.toString()));
    }

    /** Where a directory lies: its file system, and which of its directories it is. */
    Optional<Mount> of(Path directory) {
        for (Path place = directory; place != null; place = place.getParent()) {
            Optional<Mount> mount = on(place);
            if (mount.isPresent()) {
                String below = place.relativize(directory).toString();
                String root = mount.get().root();
                return Optional.of(new Mount(
                        mount.get().device(),
                        below.isEmpty() ? root : (root.equals("/") ? "" : root) + "/" + below,
                        mount.get().readOnly(),
                        mount.get().type()));
            }
        }
        return Optional.empty();
    }

    /** Whether an lxcfs is mounted there, dead or alive. */
    boolean hasLxcfs(Path place) {
        return on(place).filter(mount -> mount.type().equals(LXCFS)).isPresent();
    }
}
