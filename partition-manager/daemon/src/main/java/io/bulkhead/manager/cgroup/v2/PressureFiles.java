package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Pressure.Stall;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.Knob;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pressure stall information of one group; Documentation/accounting/psi.rst. A kernel without it, or one that was
 * started with {@code psi=0}, has no such files or refuses to read them.
 */
final class PressureFiles {
    private static final Pattern SOME = Pattern.compile("(?m)^some .*\\btotal=(\\d{1,18})$");
    private static final Pattern FULL = Pattern.compile("(?m)^full .*\\btotal=(\\d{1,18})$");

    private final CgroupFiles files;
    private final Path group;

    PressureFiles(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    /** What the kernel tells; empty where it tells nothing. Never fails. */
    Optional<Pressure> read() {
        return Optional.of(new Pressure(stall("cpu.pressure"), stall("memory.pressure"), stall("io.pressure")))
                .filter(Pressure::isKnown);
    }

    private Optional<Stall> stall(String name) {
        Path file = group.resolve(name);
        try {
            if (!files.exists(file)) {
                return Optional.empty();
            }
            String text = Knob.text(files, file);
            return total(SOME, text).map(some -> new Stall(some, total(FULL, text)));
        } catch (CgroupException e) {
            // The group has gone meanwhile, or the kernel was told to keep no such account.
            return Optional.empty();
        }
    }

    private static Optional<Long> total(Pattern line, String text) {
        Matcher match = line.matcher(text);
        return match.find() ? Optional.of(Long.parseLong(match.group(1))) : Optional.empty();
    }
}
