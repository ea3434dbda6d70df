package io.bulkhead.manager.cgroup;

import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Pushes the way back of every change onto an undo stack: a new group is removed, an old group's setting is written
 * as it was. Settings of a group that is new itself need no way back.
 */
public final class UndoableFiles implements CgroupFiles {
    private final CgroupFiles files;
    private final Undo undo;
    private final Set<Path> made = new HashSet<>();

    public UndoableFiles(CgroupFiles files, Undo undo) {
        this.files = files;
        this.undo = undo;
    }

    @Override
    public void replace(Path file, String text, String before) {
        files.write(file, text);
        if (!made.contains(file.getParent())) {
            undo.push("write '" + before + "' back to " + file, () -> files.write(file, before));
        }
    }

    @Override
    public void makeGroup(Path group) {
        files.makeGroup(group);
        made.add(group);
        undo.push("remove the control group " + group, () -> files.removeGroup(group));
    }

    @Override
    public String read(Path file) {
        return files.read(file);
    }

    @Override
    public void write(Path file, String text) {
        files.write(file, text);
    }

    @Override
    public void removeGroup(Path group) {
        files.removeGroup(group);
    }

    @Override
    public void removeDeep(Path group) {
        files.removeDeep(group);
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
