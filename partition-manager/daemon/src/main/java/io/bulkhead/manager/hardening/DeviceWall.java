package io.bulkhead.manager.hardening;

import io.bulkhead.manager.sys.DevicePrograms;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device policy of version 2 groups. Version 1 has a controller for it. Where the host lets nobody load programs (a
 * kernel without CGROUP_BPF, lockdown), the user namespace alone is the wall, and the certificate says so: no device
 * node can be made in one, and those that a file system brings along cannot be opened. Safe for any thread.
 */
public final class DeviceWall {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceWall.class);

    private final DevicePrograms programs;

    /** By the disks that are let through: a look each second loads no program only to know it by. */
    private final ConcurrentMap<Set<String>, String> tags = new ConcurrentHashMap<>();

    public DeviceWall(DevicePrograms programs) {
        this.programs = programs;
    }

    /**
     * The program.
     *
     * @param disks block devices that may be opened besides, as {@code 8:16}
     */
    public static byte[] program(Set<String> disks) {
        return DevicePolicy.program(disks);
    }

    /** What was found on a group. */
    public record Finding(boolean held, String readBack, Optional<String> reason) {}

    /**
     * Attaches the policy to a group that has it not yet, in place of one with other disks; where the host does not let us,
     * that is only logged here.
     */
    public void raise(Path group, Set<String> disks) {
        try (Fd program = programs.load(program(disks))) {
            if (!programs.tags(group).contains(programs.tag(program))) {
                programs.attach(program, group);
            }
            programs.detachOthers(program, group);
        } catch (ErrnoException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            LOG.atWarn()
                    .addKeyValue("cgroup", group)
                    .addKeyValue("reason", e.getMessage())
                    .log("No device program; the user namespace alone is the wall");
        }
    }

    /**
     * Looks at a group.
     *
     * @return empty where the host lets nobody load programs
     */
    public Optional<Finding> look(Path group, Set<String> disks) {
        try {
            String wanted = tags.computeIfAbsent(disks, this::tag);
            boolean there = programs.tags(group).contains(wanted);
            return Optional.of(
                    there
                            ? new Finding(true, "program " + wanted, Optional.empty())
                            : new Finding(
                                    false,
                                    "no program " + wanted,
                                    Optional.of("somebody has detached the device program of " + group
                                            + "; stop and start the partition")));
        } catch (ErrnoException e) {
            if (isRefusal(e)) {
                return Optional.empty();
            }
            return Optional.of(new Finding(false, String.valueOf(e.getMessage()), Optional.of("it cannot be read")));
        }
    }

    private String tag(Set<String> disks) {
        try (Fd program = programs.load(program(disks))) {
            return programs.tag(program);
        }
    }

    private static boolean isRefusal(ErrnoException e) {
        return e.is(Errno.EPERM) || e.is(Errno.ENOSYS) || e.is(Errno.EINVAL) || e.is(Errno.EOPNOTSUPP);
    }
}
