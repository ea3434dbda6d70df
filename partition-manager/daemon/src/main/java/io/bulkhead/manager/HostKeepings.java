package io.bulkhead.manager;

import io.bulkhead.contract.partition.HostStatus.HostReserve;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.caps.CapRecord;
import io.bulkhead.manager.caps.MemoryCaps;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.keeping.BootFacts;
import io.bulkhead.manager.keeping.Disturbances;
import io.bulkhead.manager.keeping.HostKeeping;
import io.bulkhead.manager.record.BootRecord;
import io.bulkhead.manager.steering.SteeringKeeper;
import io.bulkhead.manager.steering.SteeringRecord;
import io.bulkhead.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;

/** What is done to the host around the slices, as the settings and this host have it. Changes nothing in the kernel. */
final class HostKeepings {
    private static final Path ROOT = Path.of("/");
    private static final long KERNEL_PART = 8;

    private HostKeepings() {}

    static HostKeeping open(Settings settings, HostFacts facts, HostReserve reserve, Cgroups cgroups, String bootId) {
        Path state = settings.stateDirectory();
        CgroupFiles files = new KernelCgroupFiles();
        Disturbances disturbances = new Disturbances();
        SteeringKeeper steering = new SteeringKeeper(
                files,
                ROOT,
                new BootRecord<>(state.resolve("steering.json"), SteeringRecord.class),
                bootId,
                reserve.pool(),
                disturbances);
        ByteSize kernelShare = settings.host()
                .memoryCaps()
                .kernelShare()
                .orElseGet(() -> new ByteSize(reserve.memory().bytes() / KERNEL_PART));
        Optional<MemoryCaps> caps = cgroups.besideHostGroups()
                .map(mount -> new MemoryCaps(
                        files,
                        mount,
                        settings.instance(),
                        facts.memory(),
                        kernelShare,
                        new BootRecord<>(state.resolve("caps.json"), CapRecord.class),
                        bootId,
                        disturbances));
        return new HostKeeping(
                facts,
                reserve,
                BootFacts.read(ROOT),
                steering,
                whyNotSteered(settings.host(), cgroups),
                caps,
                whyNotCapped(settings.host(), caps.isPresent()),
                disturbances);
    }

    private static Optional<String> whyNotSteered(Settings.Host host, Cgroups cgroups) {
        boolean exclusive = cgroups.kind().equals("v2") || host.confine();
        if (host.steerInterrupts().orElse(exclusive)) {
            return Optional.empty();
        }
        return Optional.of(
                host.steerInterrupts().isPresent()
                        ? "host.steer_interrupts = false"
                        : "the host's own tasks may run on whole CPUs as well (cgroup " + cgroups.kind()
                                + " without host.confine); host.steer_interrupts = true steers all the same");
    }

    private static Optional<String> whyNotCapped(Settings.Host host, boolean possible) {
        if (!host.memoryCaps().wanted()) {
            return Optional.of("host.memory_caps = off");
        }
        return possible ? Optional.empty() : Optional.of("only a host with cgroup v2 can cap its own groups");
    }
}
