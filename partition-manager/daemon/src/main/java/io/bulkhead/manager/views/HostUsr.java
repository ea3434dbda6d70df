package io.bulkhead.manager.views;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the host's {@code /usr} lies. Looked up in the host's mounts only when it is another directory than before, since it
 * is asked for each second and each partition. For any thread.
 */
final class HostUsr {
    private static final Path USR = Path.of("/usr");

    private final Path proc;
    private volatile @Nullable Found found;

    /**
     * @param proc {@code /proc} but in tests
     */
    HostUsr(Path proc) {
        this.proc = proc;
    }

    /**
     * What was found.
     *
     * @param identity device and inode of the directory
     */
    private record Found(List<Object> identity, Optional<MountTable.Mount> mount) {}

    /** Its file system, and which of its directories it is; empty where that cannot be read. */
    Optional<MountTable.Mount> mount() {
        try {
            Map<String, Object> attributes = Files.readAttributes(USR, "unix:dev,ino");
            List<Object> identity = List.copyOf(attributes.values());
            Found known = found;
            if (known == null || !known.identity().equals(identity)) {
                known = new Found(identity, MountTable.of(proc, "self").flatMap(table -> table.of(USR)));
                found = known;
            }
            return known.mount();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
