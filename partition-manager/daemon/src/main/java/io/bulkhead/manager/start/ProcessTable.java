package io.bulkhead.manager.start;

import io.bulkhead.manager.start.RunningPartition.ProcessId;
import io.bulkhead.manager.sys.KernelText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What /proc says of processes; proc(5). Safe for any thread that sees the host's /proc. */
public final class ProcessTable {
    /** In /proc/PID/stat, counted from the state, which follows the name in parentheses. */
    private static final int START_TIME = 19;

    private static final int PARENT = 1;

    private final Path proc;

    /**
     * Reads a tree.
     *
     * @param proc {@code /proc} but in tests
     */
    public ProcessTable(Path proc) {
        this.proc = proc;
    }

    /** The process that has this number now; empty if none has, or only a zombie. */
    public Optional<ProcessId> identify(long pid) {
        Optional<String> stat = text(Path.of(Long.toString(pid), "stat"));
        if (stat.isEmpty()) {
            return Optional.empty();
        }
        String[] fields = afterName(stat.get());
        boolean ended = fields[0].equals("Z") || fields[0].equals("X");
        return ended ? Optional.empty() : Optional.of(new ProcessId(pid, Long.parseLong(fields[START_TIME])));
    }

    /** Whether this very process still runs. */
    public boolean isRunning(ProcessId process) {
        return identify(process.pid()).equals(Optional.of(process));
    }

    /** The children of a process of one thread; needs CONFIG_PROC_CHILDREN, as Debian's kernels have it. */
    public List<Long> children(long pid) {
        String number = Long.toString(pid);
        return text(Path.of(number, "task", number, "children")).stream()
                .flatMap(text -> Arrays.stream(text.split(" ")))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .map(Long::valueOf)
                .toList();
    }

    /** The path of a namespace's file: {@code user}, {@code mnt}, {@code pid} … */
    public Path namespace(long pid, String kind) {
        return proc.resolve(Path.of(Long.toString(pid), "ns", kind));
    }

    /** The path that leads to the root of a process, in its own mount namespace. */
    public Path root(long pid) {
        return proc.resolve(Path.of(Long.toString(pid), "root"));
    }

    /** The host's id of a process's own root: the start of its user namespace's map. */
    public long ownerOf(long pid) {
        String map = text(Path.of(Long.toString(pid), "uid_map"))
                .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"));
        return Long.parseLong(map.strip().split("\\s+")[1]);
    }

    /**
     * Whether a process has a handler for a signal or blocks it to wait for it, as signalfd(2) wants; true as well once
     * it is gone. By the masks SigCgt and SigBlk of /proc/PID/status, whose bit 0 is signal 1.
     */
    public boolean hears(long pid, int signal) {
        Optional<String> status = text(Path.of(Long.toString(pid), "status"));
        return status.isEmpty()
                || status.get()
                        .lines()
                        .filter(line -> line.startsWith("SigCgt:") || line.startsWith("SigBlk:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >>> (signal - 1) & 1) == 1);
    }

    /** How many filters of system calls a process has on it; 0 too once it is gone. */
    public int filters(long pid) {
        return statusNumber(pid, "Seccomp_filters:", 10).map(Math::toIntExact).orElse(0);
    }

    /** The bounding set of a process, a bit for each capability; empty once it is gone. */
    public Optional<Long> boundingSet(long pid) {
        return statusNumber(pid, "CapBnd:", 16);
    }

    private Optional<Long> statusNumber(long pid, String label, int radix) {
        return text(Path.of(Long.toString(pid), "status")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(label))
                .map(line ->
                        Long.parseUnsignedLong(line.substring(label.length()).strip(), radix))
                .findFirst();
    }

    /** Whether the kernel has time namespaces; time_namespaces(7). */
    public boolean knowsClocks() {
        return Files.exists(proc.resolve(Path.of("self", "timens_offsets")));
    }

    /** Whether a process has clocks of its own: another time namespace than we have. False too once it is gone. */
    public boolean hasOwnClocks(long pid) {
        return hasOwn(pid, "time");
    }

    /** Whether a process is in another user namespace than we are; false too once it is gone. */
    boolean hasOwnUserNamespace(long pid) {
        return hasOwn(pid, "user");
    }

    private boolean hasOwn(long pid, String kind) {
        try {
            Path ours = Files.readSymbolicLink(proc.resolve(Path.of("self", "ns", kind)));
            return !ours.equals(Files.readSymbolicLink(namespace(pid, kind)));
        } catch (IOException e) {
            return false;
        }
    }

    /** Maps the ids 0 to 65535 of a new user namespace; user_namespaces(7), one write each. */
    void mapIds(long pid, String mapping) {
        for (String file : List.of("uid_map", "gid_map")) {
            Path path = proc.resolve(Path.of(Long.toString(pid), file));
            try {
                Files.writeString(path, mapping);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot write \"" + mapping + "\" to " + path + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * Whether a process and its parent are in different mount namespaces: of process 1, whether it has gone into its own, the
     * last thing before it becomes its init. False too once it is gone.
     */
    public boolean hasLeftItsParentsMounts(long pid) {
        Optional<String> stat = text(Path.of(Long.toString(pid), "stat"));
        if (stat.isEmpty()) {
            return false;
        }
        long parent = Long.parseLong(afterName(stat.get())[PARENT]);
        try {
            return !Files.readSymbolicLink(namespace(pid, "mnt"))
                    .equals(Files.readSymbolicLink(namespace(parent, "mnt")));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a process has the very root directory that we have. */
    boolean sharesOurRoot(long pid) {
        try {
            return Files.isSameFile(root(pid), root(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at the root of process " + pid + ": " + e.getMessage(), e);
        }
    }

    /** The fields of /proc/PID/stat from the state on. The name before may hold anything, parentheses and blanks too. */
    private static String[] afterName(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    private Optional<String> text(Path relative) {
        try {
            return Optional.of(KernelText.read(proc.resolve(relative)));
        } catch (IOException e) {
            // There is none, or ESRCH: it ended between open and read.
            return Optional.empty();
        }
    }
}
