package io.bulkhead.console.checks;

import io.bulkhead.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether a host lets partitions be walled in: user namespaces, filters of system calls, ids that are nobody's. */
final class HardeningChecks {
    private static final List<String> LIBRARY_DIRECTORIES =
            List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib");
    private static final long IDS_PER_RANGE = 65_536;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    /** What an open file costs the kernel at least, struct file alone. */
    private static final long BYTES_PER_FILE = 192;

    private final HostFiles files;
    private final Settings settings;

    HardeningChecks(HostFiles files, Settings settings) {
        this.files = files;
        this.settings = settings;
    }

    List<Finding> all() {
        return List.of(userNamespaces(), filters(), ids(), openFiles());
    }

    private Finding userNamespaces() {
        String what = "user namespaces";
        if (!files.exists("/proc/self/ns/user")) {
            return Finding.bad(what, "the kernel has none", "boot a kernel with CONFIG_USER_NS");
        }
        long most = files.number("/proc/sys/user/max_user_namespaces").orElse(Long.MAX_VALUE);
        if (most == 0) {
            return Finding.bad(what, "none are allowed", "sysctl user.max_user_namespaces=10000");
        }
        if (files.number("/proc/sys/kernel/unprivileged_userns_clone").orElse(1L) == 0) {
            return Finding.bad(what, "allowed to the host's root only", "sysctl kernel.unprivileged_userns_clone=1");
        }
        if (files.number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                        .orElse(0L)
                == 1) {
            return Finding.weak(
                    what,
                    "restricted by AppArmor",
                    "if a start is refused: sysctl kernel.apparmor_restrict_unprivileged_userns=0");
        }
        return Finding.good(what, "allowed, at most " + most);
    }

    private Finding filters() {
        String what = "filters of system calls";
        if (!files.text("/proc/sys/kernel/seccomp/actions_avail").orElse("").contains("errno")) {
            return Finding.bad(what, "the kernel has none", "boot a kernel with CONFIG_SECCOMP_FILTER");
        }
        boolean library = LIBRARY_DIRECTORIES.stream().anyMatch(each -> files.exists(each + "/libseccomp.so.2"));
        return library
                ? Finding.good(what, "seccomp, by libseccomp")
                : Finding.bad(what, "there is no libseccomp", "apt-get install libseccomp2");
    }

    /** Entries of subuid and subgid among the ids that partitions may get. */
    private Finding ids() {
        String what = "ids of partitions";
        long first = settings.uidBase();
        long after = first + settings.uidRanges() * IDS_PER_RANGE;
        List<String> others = new ArrayList<>();
        for (String file : List.of("/etc/subuid", "/etc/subgid")) {
            for (String line : files.text(file).orElse("").split("\n")) {
                overlapping(line, first, after).ifPresent(entry -> others.add(file + ": " + entry));
            }
        }
        return others.isEmpty()
                ? Finding.good(what, first + " to " + (after - 1) + ", nobody else's")
                : Finding.weak(
                        what,
                        "others may use some of " + first + " to " + (after - 1) + ": " + String.join(", ", others),
                        "those are not given out; move partitions.uid_base, or take the entries out");
    }

    private Optional<String> overlapping(String line, long first, long after) {
        String[] fields = line.strip().split(":");
        if (fields.length < 3
                || fields[0].equals(settings.controlPlaneUser())
                || !NUMBER.matcher(fields[1]).matches()
                || !NUMBER.matcher(fields[2]).matches()) {
            return Optional.empty();
        }
        long start = Long.parseLong(fields[1]);
        return start < after && first < start + Long.parseLong(fields[2])
                ? Optional.of(line.strip())
                : Optional.empty();
    }

    /** Open files count against a partition's memory; below this bound they could run out for all before that is full. */
    private Finding openFiles() {
        String what = "open files";
        long most = files.number("/proc/sys/fs/file-max").orElse(Long.MAX_VALUE);
        long memory = files.text("/proc/meminfo").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0L);
        long enough = memory / BYTES_PER_FILE;
        return most >= enough
                ? Finding.good(what, "bounded by each partition's memory")
                : Finding.weak(
                        what,
                        "at most " + most + " on the whole host: a large partition could open them all",
                        "sysctl fs.file-max=" + enough + ", as systemd does");
    }
}
