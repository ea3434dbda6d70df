package io.bulkhead.manager.cgroup;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Remembers what it has read, for one look at a partition; changes nothing. For one thread. */
public final class ReadOnceFiles implements CgroupFiles {
    private final CgroupFiles files;
    private final Map<Path, String> texts = new HashMap<>();
    private final Map<Path, Boolean> presence = new HashMap<>();
    private final Map<Path, List<Path>> groups = new HashMap<>();

    public ReadOnceFiles(CgroupFiles files) {
        this.files = files;
    }

    @Override
    public String read(Path file) {
        // A process that is looked for again is looked for because the first look may have come too early.
        return file.startsWith("/proc") ? files.read(file) : texts.computeIfAbsent(file, files::read);
    }

    @Override
    public boolean exists(Path path) {
        return presence.computeIfAbsent(path, files::exists);
    }

    @Override
    public List<Path> groupsIn(Path group) {
        return groups.computeIfAbsent(group, files::groupsIn);
    }

    @Override
    public void write(Path file, String text) {
        throw new UnsupportedOperationException("a look changes nothing: " + file);
    }

    @Override
    public void makeGroup(Path group) {
        throw new UnsupportedOperationException("a look changes nothing: " + group);
    }

    @Override
    public void removeGroup(Path group) {
        throw new UnsupportedOperationException("a look changes nothing: " + group);
    }

    @Override
    public void chown(Path path, long uid, long gid) {
        throw new UnsupportedOperationException("a look changes nothing: " + path);
    }
}
