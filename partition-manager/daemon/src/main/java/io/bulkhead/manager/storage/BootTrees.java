package io.bulkhead.manager.storage;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.mount.StoragePlan.Trees;
import io.bulkhead.manager.sys.Fd;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * What one boot is to show, which may be in the making: mounting takes some milliseconds, in which the holder loads. Owns the
 * volumes and the shares that it was given. Closed by whoever has begun the boot, when its mounts are in the partition or it has
 * failed.
 */
final class BootTrees implements Supplier<Trees>, AutoCloseable {
    private final boolean own;
    private final MountedVolumes volumes;
    private final List<Fd> shares;
    private final FutureTask<Trees> work = new FutureTask<>(this::make);

    /**
     * @param own whether the first of the volumes has the partition's own files
     * @param volumes mounted beside if they are not yet
     */
    BootTrees(PartitionName name, boolean own, MountedVolumes volumes, List<Fd> shares) {
        this.own = own;
        this.volumes = volumes;
        this.shares = List.copyOf(shares);
        if (volumes.isMounted()) {
            work.run();
            return;
        }
        Thread thread = new Thread(work, "storage-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private Trees make() {
        if (!volumes.isMounted()) {
            volumes.mount();
        }
        List<Fd> trees = volumes.trees();
        return new Trees(
                own ? Optional.of(trees.get(0)) : Optional.empty(), trees.subList(own ? 1 : 0, trees.size()), shares);
    }

    @Override
    public Trees get() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    // A boot cannot be left half-way; the wish is handed on below.
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException failure) {
                        throw failure;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until nothing is made any more; harmless a second time. */
    @Override
    public void close() {
        try {
            get();
        } catch (RuntimeException e) {
            // Whoever wanted it was told.
        }
        volumes.close();
        shares.forEach(Fd::close);
    }
}
