package io.bulkhead.manager.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Ordinary files in the place of the kernel's, each write a whole new text. */
public class PlainFiles implements CgroupFiles {
    private final KernelCgroupFiles files = new KernelCgroupFiles();

    @Override
    public String read(Path file) {
        return files.read(file);
    }

    @Override
    public void write(Path file, String text) {
        try {
            Files.writeString(file, text + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void makeGroup(Path group) {
        files.makeGroup(group);
    }

    @Override
    public void removeGroup(Path group) {
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
