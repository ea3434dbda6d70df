package io.bulkhead.manager.restraint;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The capabilities, in the order of their numbers; linux/capability.h, capabilities(7). */
public enum Capability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    private static final String PREFIX = "CAP_";

    /** The capability of a name, with or without {@code CAP_}, in any case; empty if there is none. */
    public static Optional<Capability> of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String plain = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
        for (Capability capability : values()) {
            if (capability.name().equals(plain)) {
                return Optional.of(capability);
            }
        }
        return Optional.empty();
    }

    /** The kernel's number. */
    @SuppressWarnings("EnumOrdinal") // The order is that of linux/capability.h.
    public int number() {
        return ordinal();
    }

    /** As in /proc/PID/status: one bit for each. */
    public static long mask(Collection<Capability> capabilities) {
        long mask = 0;
        for (Capability capability : Set.copyOf(capabilities)) {
            mask |= 1L << capability.number();
        }
        return mask;
    }

    /** Like {@code cap_sys_time}, as the man page and most tools write it. */
    @Override
    public String toString() {
        return PREFIX.toLowerCase(Locale.ROOT) + name().toLowerCase(Locale.ROOT);
    }
}
