package io.bulkhead.manager.storage;

import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes of one partition at rest, mounted ahead of its next run:
 *
 * <pre>
 *   nothing ──due──▶ due ──prepare (beside)──▶ mounted ──take──▶ (a run)
 *      ▲              │                           │
 *      └───letGo──────┴─────────────letGo─────────┘
 * </pre>
 *
 * Whoever needs a volume at rest lets go of them first; whoever only wants its files finds the device. Volumes that were
 * never mounted are left so, since until its first run the making of a volume can be undone. Its methods exclude each
 * other, so that there is never a second device on a file; they may wait for the disk.
 */
final class VolumesAhead {
    private static final Logger LOG = LoggerFactory.getLogger(VolumesAhead.class);

    /** The kernel takes a device away within milliseconds after the last mount. */
    private static final long PATIENCE_MILLIS = 10_000;

    private final Syscalls sys;
    private final LoopDevices loops;
    private final VolumeFiles volumes;
    private final StoragePaths paths;

    private List<Path> files = List.of();
    private boolean due;
    private @Nullable MountedVolumes mounted;

    VolumesAhead(Syscalls sys, LoopDevices loops, VolumeFiles volumes, StoragePaths paths) {
        this.sys = sys;
        this.loops = loops;
        this.volumes = volumes;
        this.paths = paths;
    }

    /** What a run will want; nothing is mounted for that alone. */
    synchronized void expect(List<Path> wanted) {
        files = List.copyOf(wanted);
    }

    /** What a run will want. */
    synchronized List<Path> files() {
        return files;
    }

    /** From now on, whoever comes first mounts what a run will want; whether there is anything. */
    synchronized boolean due() {
        due = mounted == null && !files.isEmpty();
        return due;
    }

    /** Mounts what is due. Where that fails it is told, and the start does it. */
    synchronized void prepare() {
        if (!due) {
            return;
        }
        due = false;
        try {
            if (wereAllUsed()) {
                requireDetached();
                mounted = mount();
            }
        } catch (IOException | RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("path", paths.directory())
                    .setCause(e)
                    .log("Volumes are not mounted ahead; the next start mounts them");
        }
    }

    private boolean wereAllUsed() throws IOException {
        for (Path file : files) {
            if (!Ext4Superblock.read(file).everMounted()) {
                return false;
            }
        }
        return true;
    }

    private void requireDetached() {
        List<String> shown = loops.below(paths.directory());
        if (!shown.isEmpty()) {
            throw new IllegalStateException("there is one on " + String.join(", ", shown));
        }
    }

    private MountedVolumes mount() {
        MountedVolumes made = MountedVolumes.attach(sys, loops, volumes, files);
        try {
            made.mount();
            made.readAhead();
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /**
     * Hands them to a run, which owns them from then on; waits for those in the making.
     *
     * @return empty where the run has to mount its volumes itself
     */
    synchronized Optional<MountedVolumes> take(List<Path> wanted) {
        due = false;
        MountedVolumes there = mounted;
        if (there == null || !there.files().equals(wanted) || hasErrors(there)) {
            letGo();
            return Optional.empty();
        }
        mounted = null;
        return Optional.of(there);
    }

    /** One that stopped writing while it was at rest is to be looked after, as before any mount. */
    private boolean hasErrors(MountedVolumes there) {
        return there.devices().values().stream().anyMatch(loops::hasErrors);
    }

    /** Brings them to rest: returns when no device shows them any more, and mounts nothing until the next {@link #due}. */
    synchronized void letGo() {
        due = false;
        MountedVolumes there = mounted;
        if (there == null) {
            return;
        }
        mounted = null;
        there.close();
        List<String> left = loops.awaitGone(there.devices(), PATIENCE_MILLIS);
        if (!left.isEmpty()) {
            throw new IllegalStateException("its volumes are still on " + String.join(", ", left));
        }
    }
}
