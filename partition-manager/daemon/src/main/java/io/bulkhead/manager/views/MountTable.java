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

    /**
     * A partition's root can have a hundred thousand mounts with names of 4 KiB, which take the kernel half a minute to write;
     * those of a whole systemd take 10 KiB.
     */
    private static final int MOST_BYTES = 1 << 20;

    private final Map<String, Mount> uppermost;
    private final boolean isWhole;

    /**
     * One mount.
     *
     * @param device major and minor number of its super block, {@code 0:43}
     * @param root which directory of the file system is shown
     * @param readOnly whether nobody can write through it
     * @param type of file system
     */
    record Mount(String device, String root, boolean readOnly, String type) {}

    private MountTable(Map<String, Mount> uppermost, boolean isWhole) {
        this.uppermost = uppermost;
        this.isWhole = isWhole;
    }

    /**
     * Reads the table of a process, or the first 1 MiB of it; empty once it is gone.
     *
     * @param proc {@code /proc} but in tests
     * @param process its number, or {@code self}
     */
    static Optional<MountTable> of(Path proc, String process) {
        try {
            KernelText.Part part = KernelText.read(proc.resolve(process).resolve("mountinfo"), MOST_BYTES);
            return Optional.of(parse(part.text(), part.isWhole()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static MountTable parse(String text, boolean isWhole) {
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
        return new MountTable(mounts, isWhole);
    }

    /** Whether there are no more mounts than these, one of which may be on top. */
    boolean isWhole() {
        return isWhole;
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
