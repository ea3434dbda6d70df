package io.bulkhead.manager.cgroup;

import java.nio.file.Path;
import java.util.List;

/** Counts changes and fails the k-th one, once; steps back succeed. */
public final class FailingFiles implements CgroupFiles {
    private final CgroupFiles files;
    private int changes;
    private int failAt = -1;

    public FailingFiles(CgroupFiles files) {
        this.files = files;
    }

    public void failAt(int k) {
        changes = 0;
        failAt = k;
    }

    public int changes() {
        return changes;
    }

    private void change(String what) {
        changes++;
        if (changes == failAt) {
            throw new CgroupException(what + ": Input/output error");
        }
    }

    @Override
    public String read(Path file) {
        return files.read(file);
    }

    @Override
    public void write(Path file, String text) {
        change("write '" + text + "' to " + file);
        files.write(file, text);
    }

    @Override
    public void makeGroup(Path group) {
        change("make " + group);
        files.makeGroup(group);
    }

    @Override
    public void removeGroup(Path group) {
        change("remove " + group);
        files.removeGroup(group);
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
    public void chown(Path path, long uid, long gid) {
        files.chown(path, uid, gid);
    }
}
