package io.bulkhead.manager.generation;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes the private directories of one partition into a directory that nobody else knows yet.
 *
 * <p>The source is a generation, which only root can change, so that plain names are safe here.
 */
final class PartitionFiles {

    private final Generation generation;
    private final Path target;
    private final TreeWriter writer;

    /**
     * @param target existing, empty directory that receives {@code etc var home root srv}
     */
    PartitionFiles(Generation generation, Path target, TreeWriter writer) {
        this.generation = generation;
        this.target = target;
        this.writer = writer;
    }

    void write(PartitionIdentity identity) throws IOException {
        copyTree(generation.etc(), target.resolve("etc"));
        copyTree(generation.var(), target.resolve("var"));
        writer.makeDirectory(target.resolve("home"), 0755);
        writer.makeDirectory(target.resolve("srv"), 0755);
        makeRootHome();
        identify(identity);
    }

    private void makeRootHome() throws IOException {
        Path home = target.resolve("root");
        Path skeleton = generation.etc().resolve("skel");
        if (Files.isDirectory(skeleton, LinkOption.NOFOLLOW_LINKS)) {
            copyTree(skeleton, home);
            writer.finish(home, 0, 0, 0700);
        } else {
            writer.makeDirectory(home, 0700);
        }
    }

    private void identify(PartitionIdentity identity) throws IOException {
        Path etc = target.resolve("etc");
        writer.writeFile(etc.resolve("hostname"), identity.hostname() + "\n", 0, 0644);
        writer.writeFile(etc.resolve("hosts"), hosts(identity.hostname()), 0, 0644);
        writer.writeFile(etc.resolve("machine-id"), identity.machineId() + "\n", 0, 0444);
        Path dbus = target.resolve("var/lib/dbus");
        if (Files.isDirectory(dbus, LinkOption.NOFOLLOW_LINKS)) {
            writer.link(dbus.resolve("machine-id"), Path.of("/etc/machine-id"), 0, 0);
        }
        Optional<String> hash = identity.rootPasswordHash();
        if (hash.isPresent()) {
            Path shadow = etc.resolve("shadow");
            String unlocked = Accounts.withRootPassword(Files.readString(shadow), hash.get());
            if (!unlocked.contains(hash.get())) {
                throw new GenerationException(
                        generation.name() + ": no locked root in its shadow file to give a password to");
            }
            writer.rewriteFile(shadow, unlocked);
        }
    }

    /** As Debian's installer writes it; 127.0.1.1 makes the own name resolvable without a network. */
    private static String hosts(String hostname) {
        String shortName = hostname.split("\\.", 2)[0];
        String names = shortName.equals(hostname) ? hostname : hostname + " " + shortName;
        return """
        127.0.0.1\tlocalhost
        127.0.1.1\t%s

        ::1\tlocalhost ip6-localhost ip6-loopback
        ff02::1\tip6-allnodes
        ff02::2\tip6-allrouters
        """.formatted(names);
    }

    private void copyTree(Path from, Path to) throws IOException {
        Inode inode = Inode.of(from);
        switch (inode.type()) {
            case DIRECTORY -> {
                writer.copyDirectory(from, to);
                try (DirectoryStream<Path> children = Files.newDirectoryStream(from)) {
                    for (Path child : children) {
                        copyTree(child, to.resolve(child.getFileName()));
                    }
                }
                writer.finish(to, inode.uid(), inode.gid(), inode.permissions());
            }
            case FILE -> writer.copyFile(from, to);
            case LINK -> writer.link(to, Files.readSymbolicLink(from), inode.uid(), inode.gid());
            case SPECIAL -> throw new GenerationException(from + ": a generation has no devices, sockets or fifos");
        }
    }
}
