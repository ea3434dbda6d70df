package io.bulkhead.console.daemons;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that {@code bulkhead up} started, as {@code <run>/ROLE.process} remembers it. The start time tells it from
 * another one that got its number later, the boot from one of before a restart of the host: a run directory may outlive it.
 *
 * @param pid its number
 * @param startTicks when it started, clock ticks since boot; proc_pid_stat(5), field 22
 */
record ProcessRecord(long pid, long startTicks) {
    private static final int START_TICKS_FIELD = 22;
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}) (\\d{1,18}) ([0-9a-f-]{36})\\n");

    /** The record of a process that runs now. */
    static ProcessRecord of(long pid) {
        return new ProcessRecord(
                pid,
                startTicksOf(pid)
                        .orElseThrow(
                                () -> Refusal.of(ProblemCode.FAILED, "process " + pid + " ended as it was started")));
    }

    /** The record in a file, if the process that it names still runs. */
    static Optional<ProcessRecord> readRunning(Path file) {
        try {
            Matcher matcher = FORM.matcher(Files.readString(file));
            return matcher.matches() && matcher.group(3).equals(bootId())
                    ? Optional.of(new ProcessRecord(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
                            .filter(ProcessRecord::isRunning)
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Refusal(Problem.of(ProblemCode.NOT_PERMITTED, file + " cannot be read: " + e.getMessage()), e);
        }
    }

    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, pid + " " + startTicks + " " + bootId() + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** random(4), boot_id. */
    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    boolean isRunning() {
        return startTicksOf(pid).filter(ticks -> ticks == startTicks).isPresent();
    }

    /** Field 22 of /proc/PID/stat; empty where there is no such process or it is dead already (a zombie). */
    private static Optional<Long> startTicksOf(long pid) {
        try {
            return startTicks(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The command's name stands in brackets and can hold anything, so the fields are counted from its last one. */
    static Optional<Long> startTicks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return fields[0].equals("Z") || fields[0].equals("X")
                ? Optional.empty()
                : Optional.of(Long.parseLong(fields[START_TICKS_FIELD - 3].strip()));
    }
}
