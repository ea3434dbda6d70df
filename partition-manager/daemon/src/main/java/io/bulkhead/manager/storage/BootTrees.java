package io.bulkhead.manager.storage;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.mount.StoragePlan.Trees;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.Syscalls;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * What one boot is to show, in the making: mounting takes some milliseconds, in which the holder loads. Owns the loop
 * devices, the mounts and the shares that it was given or has made. Closed by whoever has begun the boot, when its mounts
 * are in the partition or it has failed.
 */
final class BootTrees implements Supplier<Trees>, AutoCloseable {
    /** An error stops all writing until somebody has looked; nothing that is deleted is given back to the host's disk. */
    private static final Map<String, String> OPTIONS = Map.of("errors", "remount-ro", "nodiscard", "");

    private static final Set<MountAttribute> NO_DEVICES = EnumSet.of(MountAttribute.NO_DEV);

    private final Syscalls sys;
    private final Optional<LoopDevices.Attached> own;
    private final List<LoopDevices.Attached> volumes;
    private final List<Fd> shares;
    private final List<Fd> made = new ArrayList<>();
    private final FutureTask<Trees> work = new FutureTask<>(this::mount);

    BootTrees(
            Syscalls sys,
            PartitionName name,
            Optional<LoopDevices.Attached> own,
            List<LoopDevices.Attached> volumes,
            List<Fd> shares) {
        this.sys = sys;
        this.own = own;
        this.volumes = List.copyOf(volumes);
        this.shares = List.copyOf(shares);
        Thread thread = new Thread(work, "storage-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private Trees mount() {
        Optional<Fd> ownTree = own.map(this::mount);
        return new Trees(ownTree, volumes.stream().map(this::mount).toList(), shares);
    }

    private Fd mount(LoopDevices.Attached device) {
        Fd tree = sys.makeMount("ext4", device.node(), OPTIONS, NO_DEVICES);
        made.add(tree);
        return tree;
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
        made.forEach(Fd::close);
        shares.forEach(Fd::close);
        own.ifPresent(LoopDevices.Attached::close);
        volumes.forEach(LoopDevices.Attached::close);
    }
}
