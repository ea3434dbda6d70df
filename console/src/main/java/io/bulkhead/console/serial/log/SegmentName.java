package io.bulkhead.console.serial.log;

import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names of a segment's two files.
 *
 * @param number counts up from 1
 */
record SegmentName(long number) implements Comparable<SegmentName> {
    private static final String OUTPUT = ".output";
    private static final String INDEX = ".index";
    private static final int DIGITS = 12;

    /** The file with the bytes, and nothing else. */
    String output() {
        return text() + OUTPUT;
    }

    /** The file that says what they are. */
    String index() {
        return text() + INDEX;
    }

    SegmentName next() {
        return new SegmentName(number + 1);
    }

    private String text() {
        return String.format(Locale.ROOT, "%0" + DIGITS + "d", number);
    }

    /** The segments of which there is any file, the oldest first; other files are not theirs. */
    static SortedSet<SegmentName> in(Set<String> names) {
        SortedSet<SegmentName> found = new TreeSet<>();
        for (String name : names) {
            if (name.matches("\\d{" + DIGITS + "}\\.(output|index)")) {
                found.add(new SegmentName(Long.parseLong(name.substring(0, DIGITS))));
            }
        }
        return found;
    }

    @Override
    public int compareTo(SegmentName other) {
        return Long.compare(number, other.number);
    }
}
