package io.bulkhead.manager.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The inventory of a tree as it stands on the disk, and the name that follows from it.
 *
 * <p>One line for each path, sorted: type, mode, owner, group, content hash or link target; and one for the list of the
 * host's packages, because a copy of /etc belongs to the programs that read it. Times, inode numbers and
 * extended attributes do not count. Names are the raw bytes, percent-encoded, so that the same tree has the same name
 * whatever the locale of the JVM.
 */
final class Manifest {

    private static final int NAME_DIGITS = 12;

    private final SortedMap<String, String> lines = new TreeMap<>();
    private final MessageDigest sha256 = newSha256();

    private Manifest() {}

    /** Reads what stands in these directories of a root; nothing else of the root counts. */
    static Manifest read(Path root, List<String> directories) throws IOException {
        Manifest manifest = new Manifest();
        for (String directory : directories) {
            manifest.add(root.resolve(directory), directory);
        }
        Path packages = root.resolve(Generation.PACKAGES);
        if (Files.isRegularFile(packages, LinkOption.NOFOLLOW_LINKS)) {
            // "~" sorts behind every path: a generation without a list is named as if there were none of them.
            manifest.lines.put("~packages", "p packages " + manifest.hash(packages));
        }
        return manifest;
    }

    /** {@code g-} and 12 hex digits. */
    String name() {
        byte[] digest = sha256.digest(String.join("\n", lines.values()).getBytes(StandardCharsets.US_ASCII));
        return "g-" + HexFormat.of().formatHex(digest).substring(0, NAME_DIGITS);
    }

    /** The file for people: the inventory, then what was left out. */
    String text(String name, SortedMap<String, String> remarks) {
        StringBuilder text = new StringBuilder("# Generation ")
                .append(name)
                .append(
                        ": + what is in it (type mode uid gid path content), - what of the host is not, or not as it was, and why\n");
        lines.values().forEach(line -> text.append("+ ").append(line).append('\n'));
        remarks.forEach((path, reason) ->
                text.append("- ").append(path).append(": ").append(reason).append('\n'));
        return text.toString();
    }

    /** Raw bytes of a path in ASCII: itself if it is plain, else percent-encoded. */
    static String encoded(Path path, String shown) {
        boolean plain = shown.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '%');
        if (plain) {
            return shown;
        }
        // Only toUri() gives the bytes of a name that the locale of the JVM cannot decode.
        String raw = path.toAbsolutePath().toUri().getRawPath();
        int names = (int) shown.chars().filter(c -> c == '/').count() + 1;
        int start = raw.endsWith("/") ? raw.length() - 1 : raw.length();
        for (int i = 0; i < names; i++) {
            start = raw.lastIndexOf('/', start - 1);
        }
        return raw.substring(start + 1);
    }

    private void add(Path path, String shown) throws IOException {
        Inode inode = Inode.of(path);
        String name = encoded(path, shown);
        String head = Integer.toOctalString(inode.permissions()) + " " + inode.uid() + " " + inode.gid() + " " + name;
        switch (inode.type()) {
            case DIRECTORY -> {
                lines.put(name, "d " + head);
                try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                    for (Path child : children) {
                        add(child, shown + "/" + child.getFileName());
                    }
                }
            }
            case FILE -> lines.put(name, "f " + head + " " + hash(path));
            case LINK -> lines.put(name, "l " + head + " -> " + encodedTarget(Files.readSymbolicLink(path)));
            case SPECIAL -> throw new GenerationException(path + ": a generation has no devices, sockets or fifos");
        }
    }

    private String hash(Path file) throws IOException {
        return HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
    }

    private static String encodedTarget(Path target) {
        String shown = target.toString();
        return encoded(Path.of("/").resolve(target), shown);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
