package io.bulkhead.manager.cgroup;

import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What the manager wants of control groups, whatever their version. A partition's limits stand on an outer group that
 * it cannot see; its processes live in a nested group inside. All groups carry the instance's name. Calls for one
 * partition come from one thread at a time, calls for different ones from several. Failures are
 * {@link CgroupException}s with path, data and the kernel's words.
 */
public interface Cgroups {
    /** {@code v1}, {@code hybrid} or {@code v2}. */
    String kind();

    /** How strongly each resource is held on this host. */
    List<Enforcement> enforcement();

    /**
     * Makes the instance's top groups, or finds them. Where the host's own tasks share a partition's CPUs unless they are
     * moved (v1), makes the host's own group, confined to the host reserve, and moves the calling process into it.
     */
    void prepare();

    /** The files to which a process id is written to confine it to the host reserve; one per hierarchy, none where it is anyway. */
    List<Path> hostGroupFiles();

    /**
     * Makes a partition's groups with every limit of its slice, or brings existing ones to it. Nothing is left behind
     * if it fails.
     */
    void bind(PartitionName partition, Slice slice);

    /**
     * Brings a partition's groups back to its slice after somebody else has changed them, once and as far as it goes.
     * Tasks inside go on.
     *
     * @return false where this is left to the administrator, and nothing was done
     */
    boolean repair(PartitionName partition, Slice slice);

    /**
     * Bounds what a run does with devices of its own, beside the host's disk: each of them gets the whole of the slice.
     * Those of before that are not named any more are let go.
     *
     * @param devices major and minor numbers, {@code 7:3}; none when the run is over
     */
    default void boundDevices(PartitionName partition, IoSlice io, Set<String> devices) {}

    /**
     * Lets a run open these block devices beside the usual nodes, where groups decide about that (v1); none when it is over.
     *
     * @param devices major and minor numbers
     */
    default void openBlockDevices(PartitionName partition, Set<String> devices) {}

    /** Removes a partition's groups; nothing happens where there are none. Fails while tasks are inside. */
    void release(PartitionName partition);

    /**
     * Makes the nested group for a run, where binding has not done so already, and hands to the partition's root what its
     * init may manage.
     */
    void openPayload(PartitionName partition, UidRange owner, boolean delegateToSystemd);

    /**
     * Removes the nested group of an ended run, with whatever the partition made inside. A backend may make the next
     * run's at once.
     */
    void closePayload(PartitionName partition);

    /** Whether a single thread can be in a group (v1), or only whole processes (v2), which are moved one by one. */
    boolean takesThreads();

    /** Moves the calling thread into the nested group, so that what it spawns is born there; if it {@link #takesThreads}. */
    void enterCurrentThread(PartitionName partition);

    /** Moves a process into the nested group: the way in where no {@link #takesThreads threads} can enter. */
    void enter(PartitionName partition, long pid);

    /**
     * Moves the holder of a run, which {@link #enter} has moved in, out of what the partition sees, once process 1 is
     * born: systemd inside could not divide a group that has processes of its own (v2).
     */
    void parkHolder(PartitionName partition, long pid);

    /**
     * The files on which the kernel gives notice of a change, by POLLPRI in poll(2): the group's state, its events. Those
     * that are there now: some come and go with a run. Empty where the partition has no groups.
     */
    List<Path> noticeFiles(PartitionName partition);

    /**
     * The promises of a slice with what the kernel says now, in the order of {@code Resource}. Never fails: what cannot
     * be read is a promise that does not hold.
     */
    List<Promise> readBack(PartitionName partition, Slice slice);

    /**
     * The same before process 1 may run, while the partition's processes are known: whether they are in its groups can be
     * asked of each of them.
     *
     * @param processes all that there are, by the host's numbers
     */
    default List<Promise> readBackAtBirth(PartitionName partition, Slice slice, List<Long> processes) {
        return readBack(partition, slice);
    }

    /**
     * The group of a process that somebody has moved out of the partition's, where no promise holds it. Empty where it is
     * inside or has ended, and where {@link #readBack} sees for itself who is missing.
     */
    default Optional<String> strayedTo(PartitionName partition, long pid) {
        return Optional.empty();
    }

    /** Freezes every task and returns when all are frozen, or fails after 10 s and thaws. */
    void freeze(PartitionName partition);

    void thaw(PartitionName partition);

    boolean isFrozen(PartitionName partition);

    /** The processes inside, in the host's numbering. */
    Set<Long> processes(PartitionName partition);

    /** Kills every task inside and returns when none is left; fails after 10 s. */
    void killAll(PartitionName partition);

    /** How many tasks the kernel has killed in it for want of memory since the group was made. */
    long outOfMemoryKills(PartitionName partition);

    /**
     * How often the kernel has refused a new task in it for the limit on tasks, since the group was made. Where it counts
     * in the group that asked (v1, and v2 before kernel 6.11), a group that is removed inside takes its count along.
     */
    long tasksRefused(PartitionName partition);

    /** What a partition uses now. Never fails: what cannot be read is left out. */
    Usage usage(PartitionName partition);

    /** How long its tasks have waited for CPU, memory and disk; empty where the host does not tell. Never fails. */
    default Optional<Pressure> pressure(PartitionName partition) {
        return Optional.empty();
    }

    /** The partitions that have groups in the kernel, whether or not anybody knows of them. */
    Set<PartitionName> present();

    /**
     * What is to be mounted below /sys/fs/cgroup inside a partition.
     *
     * @param delegateToSystemd whether systemd will run inside
     */
    List<CgroupMount> mountsInside(boolean delegateToSystemd);

    /** Removes the instance's top group and the host's group; the processes in it go back where they came from. */
    void remove();

    // ---- for keeping the host in line with the slices

    /** Whether the kernel balances load among the CPUs of a partition's groups. */
    default boolean balancesLoad(PartitionName partition) {
        return true;
    }

    /**
     * The directory that has the host's own groups beside ours, where their memory can be capped by {@code memory.max}; empty
     * where it cannot (v1).
     */
    default Optional<Path> besideHostGroups() {
        return Optional.empty();
    }

    /**
     * What a partition uses.
     *
     * @param cpuMicros CPU time since the group was made, microseconds
     * @param memory RAM charged to it now, page cache included; in v1 a little fuzzy (memory.rst 5.5)
     * @param tasks processes and threads now
     */
    record Usage(Optional<Long> cpuMicros, Optional<ByteSize> memory, Optional<Long> tasks) {
        /** Of a partition without groups. */
        public static final Usage NONE = new Usage(Optional.empty(), Optional.empty(), Optional.empty());

        /** Reads each part that can be read. */
        public static Usage read(LongSupplier cpuMicros, LongSupplier memoryBytes, LongSupplier tasks) {
            return new Usage(attempt(cpuMicros), attempt(memoryBytes).map(ByteSize::new), attempt(tasks));
        }

        private static Optional<Long> attempt(LongSupplier reading) {
            try {
                return Optional.of(reading.getAsLong());
            } catch (CgroupException e) {
                // No group, or no such controller: nothing to tell.
                return Optional.empty();
            }
        }
    }

    /**
     * One cgroup file system inside a partition.
     *
     * @param directory below /sys/fs/cgroup, empty for itself
     * @param type {@code cgroup}, {@code cgroup2}, or {@code tmpfs} for the directory that v1 mounts stand in
     * @param options for mount(2), like {@code none,name=systemd}
     * @param writable whether the partition may write there
     */
    record CgroupMount(String directory, String type, String options, boolean writable) {}
}
