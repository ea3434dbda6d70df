package io.bulkhead.manager.cgroup;

import io.bulkhead.manager.sys.KernelText;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
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
            return KernelText.read(file);
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
    public void removeDeep(Path group) {
        try {
            DeepGroups.remove(group);
        } catch (IOException e) {
            throw failed("remove the control group " + group + " with those inside", e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    /**
     * The groups directly inside. A directory's link count is that of the directories inside and two more (its own name
     * and its dot), so the search ends with the last one; most of what a group holds are files, and to ask after each is
     * what costs. The kernel's files have a dot in their names, but for two or three: what has none is asked after first.
     */
    @Override
    public List<Path> groupsIn(Path group) {
        try {
            // Below two: a file system that does not count like this, so all are asked after.
            int links = (Integer) Files.getAttribute(group, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
            int wanted = links < 2 ? Integer.MAX_VALUE : links - 2;
            if (wanted == 0) {
                return List.of();
            }
            // What most groups of ours hold, and alone: asked after by its name it spares the search.
            Path nested = group.resolve(NESTED);
            return wanted == 1 && Files.isDirectory(nested, LinkOption.NOFOLLOW_LINKS)
                    ? List.of(nested)
                    : search(group, wanted);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("list the control group " + group, e);
        }
    }

    private static List<Path> search(Path group, int wanted) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(group)) {
            stream.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(
                Comparator.comparing(entry -> entry.getFileName().toString().contains(".")));
        List<Path> groups = new ArrayList<>();
        for (Path entry : entries) {
            if (groups.size() < wanted && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                groups.add(entry);
            }
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
        if (e instanceof FileNotFoundException) {
            // "PATH (REASON)", for whatever reason open(2) has failed.
            words = words.substring(words.lastIndexOf('(') + 1, words.length() - 1);
        }
        return new CgroupException(what + ": " + words, e);
    }
}
