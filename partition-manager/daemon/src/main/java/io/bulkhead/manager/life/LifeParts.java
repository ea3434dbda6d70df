package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.admission.Holdings;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.console.Consoles;
import io.bulkhead.manager.journal.Journal;
import io.bulkhead.manager.keeping.HostKeeping;
import io.bulkhead.manager.rebase.GenerationOffice;
import io.bulkhead.manager.record.RecordStore;
import io.bulkhead.manager.restraint.Restrainer;
import io.bulkhead.manager.start.Starter;
import io.bulkhead.manager.wall.Wall;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What lives are made of.
 *
 * @param cgroups the groups
 * @param walls everything else that a partition has or is kept behind
 * @param starter boots and adopts
 * @param restrainer what partitions may not do
 * @param processes the watch over them
 * @param records what survives the manager
 * @param directories the partitions' files
 * @param generations what those files build on
 * @param holdings who has what
 * @param keeping of the host around the slices
 * @param journal of events
 * @param consoles makes the console of a new life
 * @param changes the watch over the kernel's files
 * @param online the CPUs of the host that are online now
 * @param intrusions what is known of others on these CPUs of a partition
 * @param executor for what happens by itself; its threads may wait
 * @param clockMillis milliseconds since 1970 UTC
 * @param bootId of the running kernel, random(4)
 */
public record LifeParts(
        Cgroups cgroups,
        Wall walls,
        Starter starter,
        Restrainer restrainer,
        ProcessWatch processes,
        RecordStore records,
        PartitionDirectories directories,
        GenerationOffice generations,
        Holdings holdings,
        HostKeeping keeping,
        Journal journal,
        Consoles consoles,
        ChangeWatch changes,
        Supplier<CpuSet> online,
        BiFunction<PartitionName, CpuSet, Optional<Intrusion>> intrusions,
        Executor executor,
        LongSupplier clockMillis,
        String bootId) {}
