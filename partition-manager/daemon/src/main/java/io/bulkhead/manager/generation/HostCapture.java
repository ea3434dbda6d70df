package io.bulkhead.manager.generation;

import io.bulkhead.manager.generation.HostEntry.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One walk over a host's {@code /etc} and {@code /var} that copies what the rules let pass.
 *
 * <p>Parts of /etc belong to service accounts, which may swap a directory for a link while we walk as root. So the walk
 * holds each directory open and goes down by openat(2) without following links; attributes read by name count only if
 * they are of the inode that was opened, and a copy made by name stays only if it has the very bytes that were judged.
 */
final class HostCapture {

    /** A file that changes while it is copied (a package upgrade) is tried again, not forever. */
    private static final int ATTEMPTS = 3;

    private static final Set<OpenOption> READ_NOFOLLOW = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path host;
    private final Path target;
    private final GenerationRules rules;
    private final TreeWriter writer;
    private final SortedMap<String, String> remarks = new TreeMap<>();

    /**
     * @param host root of the host's files
     * @param target existing directory that receives {@code etc} and {@code var}
     */
    HostCapture(Path host, Path target, GenerationRules rules, TreeWriter writer) {
        this.host = host;
        this.target = target;
        this.rules = rules;
        this.writer = writer;
    }

    /**
     * One entry under its three names.
     *
     * @param from where it stands on the host
     * @param to where it goes
     * @param shown relative to the root as the locale shows it: for rules and messages, never to open
     */
    private record Place(Path from, Path to, String shown) {

        Place child(Path name) {
            return new Place(from.resolve(name), to.resolve(name), shown + "/" + name);
        }
    }

    /** Copies; returns what was left out or changed, with the reason, by encoded path. */
    SortedMap<String, String> run() throws IOException {
        try (DirectoryStream<Path> root = Files.newDirectoryStream(host)) {
            SecureDirectoryStream<Path> secure = secure(root);
            for (String top : List.of("etc", "var")) {
                take(secure, new Place(host.resolve(top), target.resolve(top), top));
            }
        }
        if (!Files.isDirectory(target.resolve("etc"), LinkOption.NOFOLLOW_LINKS)) {
            throw new GenerationException(
                    host.resolve("etc") + ": not a directory that everybody may read, nothing to capture");
        }
        for (Map.Entry<String, Decision> always : rules.always().entrySet()) {
            Path to = target.resolve(always.getKey());
            if (!Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
                make(to, always.getValue());
            }
        }
        return remarks;
    }

    private void take(SecureDirectoryStream<Path> parent, Place place) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                Inode inode = Inode.of(place.from);
                if (inode.is(keyOf(parent, place)) && takeOnce(parent, place, inode)) {
                    return;
                }
            } catch (NoSuchFileException e) {
                if (!Files.exists(place.from, LinkOption.NOFOLLOW_LINKS)) {
                    remark(place, "vanished while it was captured");
                    return;
                }
                throw e;
            }
        }
        throw new GenerationException(
                place.from + " kept changing while it was captured; try again when the host is quiet");
    }

    /** Returns false, with nothing written, if the entry was changed under our hands. */
    private boolean takeOnce(SecureDirectoryStream<Path> parent, Place place, Inode inode) throws IOException {
        boolean link = inode.type() == Type.LINK;
        Path linkTarget = link ? Files.readSymbolicLink(place.from) : Path.of("");
        HostEntry entry = new HostEntry(
                place.shown, inode.type(), inode.permissions(), inode.uid(), inode.gid(), linkTarget.toString());
        Decision decision = rules.decide(entry);
        if (decision instanceof Decision.Keep && link) {
            decision = rules.decideContent(entry.linkTarget().getBytes(StandardCharsets.ISO_8859_1));
        }
        if (decision instanceof Decision.Keep) {
            return switch (inode.type()) {
                case DIRECTORY -> keepDirectory(parent, place, entry);
                case FILE -> keepFile(parent, place, entry, inode.sizeBytes());
                case LINK -> keepLink(place, entry, linkTarget);
                case SPECIAL -> throw new IllegalStateException("rules kept " + place.shown);
            };
        }
        if (decision instanceof Decision.Drop drop) {
            remark(place, drop.reason());
        } else if (decision instanceof Decision.Empty empty) {
            makeEmpty(place, entry, empty.reason());
        } else {
            make(place.to, decision);
            remark(place, "written anew");
        }
        return true;
    }

    private boolean keepDirectory(SecureDirectoryStream<Path> parent, Place place, HostEntry entry) throws IOException {
        try (DirectoryStream<Path> opened =
                parent.newDirectoryStream(place.from.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
            SecureDirectoryStream<Path> directory = secure(opened);
            // The directory that is open must be the one whose mode was judged.
            Object key = directory
                    .getFileAttributeView(BasicFileAttributeView.class)
                    .readAttributes()
                    .fileKey();
            if (!Inode.of(place.from).is(key)) {
                return false;
            }
            writer.copyDirectory(place.from, place.to);
            for (Path child : directory) {
                take(directory, place.child(child.getFileName()));
            }
        }
        finish(place, entry);
        return true;
    }

    private boolean keepFile(SecureDirectoryStream<Path> parent, Place place, HostEntry entry, long sizeBytes)
            throws IOException {
        if (sizeBytes > GenerationRules.LARGEST_FILE_BYTES) {
            remark(place, "too large to be configuration");
            return true;
        }
        byte[] content = read(parent, place.from.getFileName(), (int) sizeBytes);
        if (content.length != sizeBytes) {
            return false;
        }
        if (rules.decideContent(content) instanceof Decision.Drop drop) {
            remark(place, drop.reason());
            return true;
        }
        writer.copyFile(place.from, place.to);
        if (!Files.isRegularFile(place.to, LinkOption.NOFOLLOW_LINKS)
                || !Arrays.equals(content, Files.readAllBytes(place.to))) {
            writer.removeTree(place.to);
            return false;
        }
        finish(place, entry);
        return true;
    }

    private boolean keepLink(Place place, HostEntry entry, Path linkTarget) throws IOException {
        writer.link(place.to, linkTarget, GenerationRules.ownerOf(entry.uid()), GenerationRules.ownerOf(entry.gid()));
        return true;
    }

    private void makeEmpty(Place place, HostEntry entry, String reason) throws IOException {
        if (entry.type() == Type.LINK) {
            remark(place, reason);
            return;
        }
        if (entry.isDirectory()) {
            writer.copyDirectory(place.from, place.to);
        } else {
            writer.writeFile(place.to, "", 0, 0600);
        }
        finish(place, entry);
        remark(place, "empty: " + reason);
    }

    private void make(Path to, Decision decision) throws IOException {
        if (decision instanceof Decision.Replace file) {
            writer.writeFile(to, file.content(), file.gid(), file.mode());
        } else if (decision instanceof Decision.Link link) {
            writer.link(to, Path.of(link.target()), 0, 0);
        } else if (decision instanceof Decision.Directory directory) {
            writer.makeDirectory(to, directory.mode());
        } else {
            throw new IllegalStateException("not something to make: " + decision);
        }
    }

    private void finish(Place place, HostEntry entry) throws IOException {
        writer.finish(
                place.to,
                GenerationRules.ownerOf(entry.uid()),
                GenerationRules.ownerOf(entry.gid()),
                GenerationRules.modeOf(entry));
    }

    private void remark(Place place, String reason) {
        remarks.put(Manifest.encoded(place.from, place.shown), reason);
    }

    /** Whole content, or one byte more than announced if the file has grown. */
    private static byte[] read(SecureDirectoryStream<Path> parent, Path name, int sizeBytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(sizeBytes + 1);
        try (SeekableByteChannel channel = parent.newByteChannel(name, READ_NOFOLLOW)) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Until the end or full.
            }
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static Object keyOf(SecureDirectoryStream<Path> parent, Place place) throws IOException {
        return parent.getFileAttributeView(
                        place.from.getFileName(), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .fileKey();
    }

    /** Every file system of Linux gives this kind of stream; the cast fails loudly elsewhere. */
    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) {
        return (SecureDirectoryStream<Path>) stream;
    }
}
