package io.bulkhead.manager.caps;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.PlainFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The top of a version 2 hierarchy: limits are rounded to pages, and memory.reclaim takes caches. */
final class FakeHostGroups implements CgroupFiles {
    private static final long PAGE = 4096;

    private final Path mount;
    private final PlainFiles files = new PlainFiles();

    FakeHostGroups(Path mount) {
        this.mount = mount;
    }

    /**
     * Makes a group, or changes what it uses.
     *
     * @param held that the kernel cannot take back
     * @param caches that it can
     */
    void group(String name, String held, String caches) {
        Path group = mount.resolve(name);
        try {
            Files.createDirectories(group);
            if (!Files.exists(group.resolve("memory.max"))) {
                Files.writeString(group.resolve("memory.max"), "max\n");
                Files.writeString(group.resolve("memory.min"), "0\n");
                Files.writeString(group.resolve("memory.reclaim"), "");
            }
            uses(group, ByteSize.parse(held).bytes(), ByteSize.parse(caches).bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void uses(Path group, long held, long caches) throws IOException {
        Files.writeString(group.resolve("memory.current"), (held + caches) + "\n");
        Files.writeString(
                group.resolve("memory.stat"), "anon " + held + "\ninactive_file " + caches + "\nactive_file 0\n");
    }

    void remove(String name) {
        try (Stream<Path> all = Files.walk(mount.resolve(name))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What systemd or an administrator writes. */
    void somebodyWrites(String name, String file, String text) {
        files.write(mount.resolve(name).resolve(file), text);
    }

    String max(String name) {
        return read(mount.resolve(name).resolve("memory.max")).strip();
    }

    Map<String, String> limits() {
        Map<String, String> limits = new TreeMap<>();
        groupsIn(mount)
                .forEach(group ->
                        limits.put(String.valueOf(group.getFileName()), max(String.valueOf(group.getFileName()))));
        return limits;
    }

    @Override
    public void write(Path file, String text) {
        switch (String.valueOf(file.getFileName())) {
            case "memory.max" ->
                files.write(file, text.equals("max") ? text : String.valueOf(Long.parseLong(text) / PAGE * PAGE));
            case "memory.reclaim" -> reclaim(file.getParent(), Long.parseLong(text));
            default -> throw new IllegalArgumentException("nobody writes " + file);
        }
    }

    private void reclaim(Path group, long bytes) {
        long held = 0;
        long caches = 0;
        for (String line : read(group.resolve("memory.stat")).split("\n", -1)) {
            if (line.startsWith("anon ")) {
                held = Long.parseLong(line.substring(5));
            } else if (line.startsWith("inactive_file ")) {
                caches = Long.parseLong(line.substring(14));
            }
        }
        try {
            uses(group, held, Math.max(0, caches - bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (caches < bytes) {
            throw new CgroupException("write '" + bytes + "': Resource temporarily unavailable");
        }
    }

    @Override
    public String read(Path file) {
        return files.read(file);
    }

    @Override
    public boolean exists(Path path) {
        return files.exists(path);
    }

    @Override
    public List<Path> groupsIn(Path group) {
        return files.groupsIn(group);
    }

    @Override
    public void makeGroup(Path group) {
        throw new UnsupportedOperationException("nobody makes groups here");
    }

    @Override
    public void removeGroup(Path group) {
        throw new UnsupportedOperationException("nobody removes groups here");
    }

    @Override
    public void chown(Path path, long uid, long gid) {
        throw new UnsupportedOperationException("nobody gives files away here");
    }
}
