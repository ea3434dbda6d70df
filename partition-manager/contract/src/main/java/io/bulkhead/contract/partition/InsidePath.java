package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireText;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A directory of a partition's file tree that something is shown on, like {@code /srv/data}.
 *
 * @param value absolute, without {@code .}, {@code ..}, empty parts or a slash at the end, at most 255 characters; not what the
 *     system itself is made of
 */
@WireText
public record InsidePath(String value) implements Comparable<InsidePath> {
    private static final Pattern FORM = Pattern.compile("(/[A-Za-z0-9_@%+=:,.-]+)+");
    private static final List<String> TAKEN = List.of(
            "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/proc", "/run", "/sbin",
            "/sys", "/tmp", "/usr");
    private static final List<String> OWN_ONLY =
            List.of("/var", "/home", "/root", "/var/lib", "/var/lib/dpkg", "/var/log");

    public InsidePath {
        if (value.length() > 255 || !FORM.matcher(value).matches() || hasDots(value)) {
            throw new IllegalArgumentException(
                    "'" + value
                            + "' is not a place inside a partition; write an absolute path of letters, digits and _@%+=:,.- like /srv/data");
        }
        for (String taken : TAKEN) {
            if (value.equals(taken) || value.startsWith(taken + "/")) {
                throw new IllegalArgumentException("nothing can be put on " + value + ": " + taken
                        + " is the system's; use a place like /srv/data");
            }
        }
        if (OWN_ONLY.contains(value)) {
            throw new IllegalArgumentException("nothing can be put on " + value
                    + " itself, where the partition's own files are; use a directory below it");
        }
    }

    public static InsidePath parse(String text) {
        return new InsidePath(text);
    }

    private static boolean hasDots(String path) {
        return List.of(path.split("/")).stream().anyMatch(part -> part.equals(".") || part.equals(".."));
    }

    /** Whether one of the two lies on or below the other. */
    public boolean meets(InsidePath other) {
        return (value + "/").startsWith(other.value + "/") || (other.value + "/").startsWith(value + "/");
    }

    @Override
    public int compareTo(InsidePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
