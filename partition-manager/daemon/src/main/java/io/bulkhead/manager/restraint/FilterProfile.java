package io.bulkhead.manager.restraint;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.FilterCompiler.Argument;
import io.bulkhead.manager.sys.FilterCompiler.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which system calls a partition's processes may not make: a list by the kind of init, with what the definition adds and
 * takes away. The list follows the default profiles of runc, Docker and systemd-nspawn for a process that has all
 * capabilities in its own user namespace; each group has its reason. Pure.
 *
 * @param systemd whether the list for an init that is an operating system of its own is meant
 * @param deny further calls
 * @param allow calls that are allowed although the list has them
 */
public record FilterProfile(boolean systemd, Set<String> deny, Set<String> allow) {
    /** Wherever the system does not know a call, or may do so some day, programs go another way by this answer. */
    private static final Errno NOT_THERE = Errno.ENOSYS;

    /** The kernel looks at the lower half of an int only, and so must a filter. */
    private static final long INT = 0xFFFF_FFFFL;

    private static final long CLONE_NEWUSER = 0x10000000L;

    // sys/socket.h
    private static final long AF_ALG = 38;
    private static final long AF_VSOCK = 40;
    private static final Errno EAFNOSUPPORT = new Errno(97);

    /** Nothing runs without these, the last step of the boot not either. */
    public static final Set<String> INDISPENSABLE = Set.of(
            "execve",
            "exit",
            "exit_group",
            "read",
            "write",
            "close",
            "mmap",
            "munmap",
            "mprotect",
            "brk",
            "rt_sigreturn");

    /** For every kind of init. */
    private static final List<String> ALWAYS = List.of(
            // The kernel itself: its code, its log, its counters. All want power over the host; denied so that a hole
            // in
            // that check is no hole here.
            "init_module",
            "finit_module",
            "delete_module",
            "create_module",
            "get_kernel_syms",
            "query_module",
            "kexec_load",
            "kexec_file_load",
            "syslog",
            "bpf",
            "perf_event_open",
            "lookup_dcookie",
            "acct",
            // The hardware.
            "iopl",
            "ioperm",
            "vm86",
            "vm86old",
            "swapon",
            "swapoff",
            // The host's clock.
            "clock_settime",
            "clock_settime64",
            "settimeofday",
            "stime",
            // Files by handle instead of by name: the way out of a bind mount; cf. "shocker".
            "open_by_handle_at",
            "quotactl",
            "quotactl_fd",
            // Where most holes of the last years were, and what nobody needs to whom it is refused.
            "userfaultfd",
            "io_uring_setup",
            "io_uring_enter",
            "io_uring_register",
            "move_pages",
            "migrate_pages",
            "process_vm_writev",
            // Remains of the past.
            "nfsservctl",
            "_sysctl",
            "sysfs",
            "uselib",
            "ustat");

    /** For what is no operating system of its own. */
    private static final List<String> BESIDE_SYSTEMD = List.of(
            // Keyrings: systemd gives each service one.
            "add_key",
            "request_key",
            "keyctl",
            // Other processes: holes, and no debugger runs by itself.
            "ptrace",
            "process_vm_readv",
            "pidfd_getfd",
            "kcmp",
            // systemd watches, changes roots and clears terminals.
            "fanotify_init",
            "pivot_root",
            "vhangup",
            "personality",
            "adjtimex",
            "clock_adjtime",
            "clock_adjtime64");

    public FilterProfile {
        deny = Set.copyOf(deny);
        allow = Set.copyOf(allow);
    }

    /** The profile of an init with what a definition says. */
    public static FilterProfile of(Init init, List<String> deny, List<String> allow) {
        return new FilterProfile(init instanceof Init.Systemd, Set.copyOf(deny), Set.copyOf(allow));
    }

    /** The rules, in a fixed order. */
    public List<Rule> rules() {
        Set<String> names = new TreeSet<>(ALWAYS);
        if (!systemd) {
            names.addAll(BESIDE_SYSTEMD);
        }
        List<Rule> rules = new ArrayList<>();
        names.forEach(name -> rules.add(new Rule(name, Errno.EPERM, Optional.empty())));
        rules.addAll(conditional());
        rules.removeIf(rule -> allow.contains(rule.call()) || deny.contains(rule.call()));
        new TreeSet<>(deny).forEach(name -> rules.add(new Rule(name, Errno.EPERM, Optional.empty())));
        return List.copyOf(rules);
    }

    private List<Rule> conditional() {
        List<Rule> rules = new ArrayList<>();
        // The hypervisor under the host, which knows no network namespaces; and the one call of 32-bit programs in
        // which a
        // filter cannot see what kind of socket is meant.
        rules.add(new Rule("socket", EAFNOSUPPORT, Optional.of(new Argument(0, INT, AF_VSOCK))));
        rules.add(new Rule("socketcall", NOT_THERE, Optional.empty()));
        if (!systemd) {
            rules.add(new Rule("socket", EAFNOSUPPORT, Optional.of(new Argument(0, INT, AF_ALG))));
            // User namespaces inside: most of what is open only to root is open in one.
            Argument newUsers = new Argument(0, CLONE_NEWUSER, CLONE_NEWUSER);
            rules.add(new Rule("unshare", Errno.EPERM, Optional.of(newUsers)));
            rules.add(new Rule("clone", Errno.EPERM, Optional.of(newUsers)));
            // Its flags are in memory, where a filter cannot look; the C library then takes clone.
            rules.add(new Rule("clone3", NOT_THERE, Optional.empty()));
        }
        return rules;
    }

    /** Every call that any list names, for tests. */
    static Stream<String> allNames() {
        return Stream.concat(
                Stream.concat(ALWAYS.stream(), BESIDE_SYSTEMD.stream()),
                new FilterProfile(false, Set.of(), Set.of())
                        .conditional().stream().map(Rule::call));
    }
}
