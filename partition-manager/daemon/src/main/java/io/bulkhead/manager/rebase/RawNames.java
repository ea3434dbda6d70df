package io.bulkhead.manager.rebase;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URI;
import java.nio.file.Path;

/** Names as raw bytes, one char for each, and what becomes of them elsewhere. Pure. */
final class RawNames {
    private static final int LONGEST_SHOWN = 160;

    private RawNames() {}

    /** A path of these very bytes below a place, whatever the locale of the JVM. */
    static Path under(Path place, String path) {
        if (path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return place.resolve(path);
        }
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : path.getBytes(ISO_8859_1)) {
            boolean plain = b == '/' || Character.isLetterOrDigit(b) && b > 0;
            uri.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xff));
        }
        Path exact = Path.of(URI.create(uri.toString()));
        return place.resolve(exact.getRoot().relativize(exact));
    }

    /** For people and protocols: printable ASCII, the rest percent-encoded, cut where it is too long. */
    static String shown(String path) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            shown.append(c > ' ' && c < 0x7f && c != '%' ? String.valueOf(c) : String.format("%%%02X", (int) c));
            if (shown.length() > LONGEST_SHOWN) {
                return shown.substring(0, LONGEST_SHOWN) + "…";
            }
        }
        return shown.toString();
    }

    /** The directory that a path is in; empty for a top one. */
    static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
