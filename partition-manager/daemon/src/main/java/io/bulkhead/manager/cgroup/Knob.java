package io.bulkhead.manager.cgroup;

import java.nio.file.Path;

/** Reads and sets one-value files of a group. */
public final class Knob {
    private Knob() {}

    public static String text(CgroupFiles files, Path file) {
        return files.read(file).strip();
    }

    public static long number(CgroupFiles files, Path file) {
        String text = text(files, file);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CgroupException("read " + file + ": '" + text + "' is not a number", e);
        }
    }

    /** The number after a word, in a file of lines like {@code oom_kill 0}. */
    public static long number(CgroupFiles files, Path file, String word) {
        return files.read(file)
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .mapToLong(
                        line -> Long.parseLong(line.substring(word.length() + 1).strip()))
                .findFirst()
                .orElseThrow(() -> new CgroupException("read " + file + ": it has no line '" + word + "'"));
    }

    /** Writes a value unless the file says it already. */
    public static void set(CgroupFiles files, Path file, String value) {
        String before = text(files, file);
        if (!before.equals(value)) {
            files.replace(file, value, before);
        }
    }
}
