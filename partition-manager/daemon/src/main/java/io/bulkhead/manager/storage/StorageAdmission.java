package io.bulkhead.manager.storage;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.admission.AdmissionRule;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.storage.BlockDevices.BlockDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Whether storage may be given: the volumes of all partitions together, whether or not they are made yet, fit on the file
 * system beside what the host has there; a disk is used by nobody. Reads, and never waits. Safe for any thread.
 */
public final class StorageAdmission implements AdmissionRule {
    /** What stays free on the file system for the host, which keeps its records there too. */
    public static final ByteSize KEPT = ByteSize.ofMebibytes(512);

    /** Where blocks that were set aside are those that are written to later. */
    private static final List<String> PREALLOCATING = List.of("ext4", "xfs");

    private final Path partitions;
    private final Optional<String> fileSystem;
    private final LongSupplier free;
    private final ToLongFunction<Path> allocated;
    private final BlockDevices devices;
    private final ShareSources shares;

    /**
     * @param partitions the directory with all partitions' directories
     * @param fileSystem the type of the one that this is on
     * @param free how many bytes of it nobody has
     * @param allocated how many of them a file has, 0 if it is not there
     */
    StorageAdmission(
            Path partitions,
            Optional<String> fileSystem,
            LongSupplier free,
            ToLongFunction<Path> allocated,
            BlockDevices devices,
            ShareSources shares) {
        this.partitions = partitions;
        this.fileSystem = fileSystem;
        this.free = free;
        this.allocated = allocated;
        this.devices = devices;
        this.shares = shares;
    }

    @Override
    public Optional<Problem> refuse(PartitionSpec definition, Slice slice, Collection<Holding> others) {
        for (Share share : definition.shares()) {
            Optional<Problem> problem = shares.refuse(share);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return slice.storage()
                .flatMap(storage -> unenforceable(storage)
                        .or(() -> roomTaken(definition.name(), storage, others))
                        .or(() -> disksTaken(storage, others)));
    }

    private Optional<Problem> unenforceable(StorageSlice storage) {
        if (storage.bytes().bytes() == 0) {
            return Optional.empty();
        }
        try {
            Tools.requireInstalled();
        } catch (Refusal e) {
            return Optional.of(e.problem());
        }
        String type = fileSystem.orElse("an unknown type");
        return PREALLOCATING.contains(type)
                ? Optional.empty()
                : Optional.of(Problem.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "volumes cannot be kept on " + type + ", where " + partitions
                                + " is: blocks that are set aside there are not those that are written to later",
                        "put the state directory on an ext4 or xfs"));
    }

    private Optional<Problem> roomTaken(PartitionName name, StorageSlice storage, Collection<Holding> others) {
        List<String> holders = new ArrayList<>();
        long room = free.getAsLong() - KEPT.bytes();
        for (Holding other : others) {
            // Its volumes stay while it holds no slice.
            Optional<StorageSlice> held = other.definition().claim().storage();
            if (held.isPresent() && held.get().bytes().bytes() > 0) {
                room -= missing(other.name(), held.get());
                holders.add(other.name() + " holds " + held.get().bytes());
            }
        }
        long wanted = missing(name, storage);
        if (wanted <= Math.max(room, 0)) {
            return Optional.empty();
        }
        holders.add("the host keeps " + KEPT);
        return Optional.of(new Problem(
                ProblemCode.NOT_ENOUGH_RESOURCES,
                "storage: " + new ByteSize(wanted) + " more asked, "
                        + new ByteSize(Math.max(room, 0)) + " free; " + String.join(", ", holders),
                Optional.of("ask for less, make room on the file system of " + partitions + ", or delete a holder"),
                holders));
    }

    /** What of its volumes is not set aside yet. */
    private long missing(PartitionName name, StorageSlice storage) {
        StoragePaths paths = new StoragePaths(partitions.resolve(name.value()));
        long missing = storage.own().map(size -> missing(paths.own(), size)).orElse(0L);
        for (Volume volume : storage.volumes()) {
            missing += missing(paths.volume(volume.name()), volume.size());
        }
        return missing;
    }

    private long missing(Path file, ByteSize size) {
        return Math.max(0, size.bytes() - allocated.applyAsLong(file));
    }

    private Optional<Problem> disksTaken(StorageSlice storage, Collection<Holding> others) {
        for (String name : storage.disks()) {
            Optional<BlockDevice> device = devices.find(name).filter(found -> found.bytes() > 0);
            if (device.isEmpty()) {
                return Optional.of(Problem.of(
                        ProblemCode.NOT_ENOUGH_RESOURCES,
                        "there is no disk " + name,
                        "name one that lsblk shows, or take it out of the definition"));
            }
            List<String> users = new ArrayList<>(devices.users(device.get()));
            for (Holding other : others) {
                other.definition().claim().storage().ifPresent(held -> held.disks().stream()
                        .filter(disk -> meets(device.get(), disk))
                        .forEach(disk -> users.add(other.name() + " holds " + disk)));
            }
            if (!users.isEmpty()) {
                Problem problem = HandedDisks.inUse(name, users).problem();
                return Optional.of(new Problem(problem.code(), problem.detail(), problem.remedy(), users));
            }
        }
        return Optional.empty();
    }

    /** Whether one is the other or a part of it. */
    private boolean meets(BlockDevice device, String other) {
        return device.name().equals(other)
                || device.disk().equals(other)
                || devices.find(other).map(found -> found.disk().equals(device.name())).orElse(false);
    }
}
