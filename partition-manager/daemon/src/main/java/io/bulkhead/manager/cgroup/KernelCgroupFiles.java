package io.bulkhead.manager.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@link CgroupFiles} on the kernel's own file systems, by {@code java.nio}. */
public final class KernelCgroupFiles implements CgroupFiles {
    @Override
    public String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw failed("read " + file, e);
        }
    }

    @Override
    public void write(Path file, String text) {
        // One write(2): the kernel takes each write as a whole new setting.
        try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII));
            if (channel.write(bytes) < bytes.capacity()) {
                throw new CgroupException("write '" + text + "' to " + file + ": the kernel took a part of it only");
            }
        } catch (IOException e) {
            throw failed("write '" + text + "' to " + file, e);
        }
    }

    @Override
    public void makeGroup(Path group) {
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            throw failed("make the control group " + group, e);
        }
    }

    @Override
    public void removeGroup(Path group) {
        try {
            Files.delete(group);
        } catch (IOException e) {
            throw failed("remove the control group " + group, e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<Path> groupsIn(Path group) {
        List<Path> groups = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(group, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
            entries.forEach(groups::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("list the control group " + group, e);
        }
        groups.sort(Comparator.naturalOrder());
        return groups;
    }

    @Override
    public void chown(Path path, long uid, long gid) {
        try {
            // The attribute is a 32-bit pattern: ids above 2^31 are negative ints on the way.
            Files.setAttribute(path, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw failed("chown " + path + " to " + uid + ":" + gid, e);
        }
    }

    private static CgroupException failed(String what, IOException e) {
        String words = e instanceof NoSuchFileException ? "No such file or directory" : String.valueOf(e.getMessage());
        return new CgroupException(what + ": " + words, e);
    }
}
