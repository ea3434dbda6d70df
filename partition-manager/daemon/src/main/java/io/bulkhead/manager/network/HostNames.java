package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.InstanceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the host finds partitions by name: a file in the run directory, always, and a block in the host's {@code /etc/hosts}
 * if the administrator wants that; hosts(5). For one thread at a time.
 */
final class HostNames {
    private final String mark;
    private final Path ours;
    private final Optional<Path> hosts;

    /**
     * @param instance whose block it is
     * @param ours the file that is only ours
     * @param hosts the host's, if it is to name partitions
     */
    HostNames(InstanceName instance, Path ours, Optional<Path> hosts) {
        this.mark = "# bulkhead/" + instance + ":";
        this.ours = ours;
        this.hosts = hosts;
    }

    /** Has both say what there is now. */
    void write(Collection<Port> ports) {
        List<String> lines = ports.stream()
                .sorted(Comparator.comparing(Port::address))
                .map(port -> port.address() + " " + port.name())
                .toList();
        try {
            replace(ours, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
            if (hosts.isPresent()) {
                writeBlock(hosts.get(), lines);
            }
        } catch (IOException e) {
            throw new NetworkException("the partitions' names cannot be written: " + e, e);
        }
    }

    /** Takes away what was written. */
    void remove() {
        try {
            Files.deleteIfExists(ours);
            if (hosts.isPresent()) {
                writeBlock(hosts.get(), List.of());
            }
        } catch (IOException e) {
            throw new NetworkException("the partitions' names cannot be taken away: " + e, e);
        }
    }

    private void writeBlock(Path file, List<String> lines) throws IOException {
        Path real = Files.exists(file) ? file.toRealPath() : file;
        String before = Files.exists(real) ? Files.readString(real) : "";
        String after = replaceBlock(before, lines);
        if (!after.equals(before)) {
            replace(real, after);
        }
    }

    /** The text without the block, and with one of these lines at its end. */
    String replaceBlock(String text, List<String> lines) {
        String begin = mark + " its partitions, up to the next mark; kept by Bulkhead";
        String end = mark + " end";
        String rest = text.replaceAll("(?ms)^" + Pattern.quote(begin) + ".*?^" + Pattern.quote(end) + "\\n", "");
        if (lines.isEmpty()) {
            return rest;
        }
        String gap = rest.isEmpty() || rest.endsWith("\n") ? "" : "\n";
        return rest + gap + begin + "\n" + String.join("\n", lines) + "\n" + end + "\n";
    }

    /** In one step, with the owner and the mode that it had. */
    private static void replace(Path file, String text) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".bulkhead");
        Files.deleteIfExists(fresh);
        Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        if (Files.exists(file)) {
            PosixFileAttributes had = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Files.setPosixFilePermissions(fresh, had.permissions());
            Files.setOwner(fresh, had.owner());
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
