package io.bulkhead.console.serial.log;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Looks for a regular expression ({@link Pattern}) in lines, and does not run away with one whose matching takes for ever: each
 * line and the whole search have a bound on how often a character is looked at. For one thread.
 */
final class LineSearch {
    /** The longest pattern. */
    static final int MOST_PATTERN = 256;

    /** How often characters of one line may be looked at: some 20 ms. */
    private static final long LINE_LOOKS = 4_000_000;

    /** How often all together: some 10 s. */
    private static final long ALL_LOOKS = 2_000_000_000;

    /** How often counts in the pattern may repeat, multiplied: so much is done without looking at a character. */
    private static final long MOST_REPEATED = 10_000;

    private static final Pattern COUNT = Pattern.compile("\\{(\\d+)(?:,(\\d*))?\\}");

    private final Matcher matcher;
    private final Watched line = new Watched();
    private long looksLeft = ALL_LOOKS;

    /** Matching takes too long. */
    static final class TooHard extends Exception {
        private static final long serialVersionUID = 1L;

        TooHard(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private LineSearch(Pattern pattern) {
        this.matcher = pattern.matcher(line);
    }

    /** {@link IllegalArgumentException} with a text for the user where it is no pattern, or too large a one. */
    static LineSearch of(String pattern) {
        if (pattern.length() > MOST_PATTERN) {
            throw new IllegalArgumentException("a pattern has at most " + MOST_PATTERN + " characters");
        }
        Matcher counts = COUNT.matcher(pattern);
        long repeated = 1;
        while (counts.find()) {
            String largest = counts.group(2) == null || counts.group(2).isEmpty() ? counts.group(1) : counts.group(2);
            long count = largest.length() > 6 ? Long.MAX_VALUE : Math.max(1, Long.parseLong(largest));
            if (count > MOST_REPEATED / repeated) {
                throw new IllegalArgumentException("the counts in braces may repeat something " + MOST_REPEATED
                        + " times at most, all multiplied");
            }
            repeated *= count;
        }
        try {
            return new LineSearch(Pattern.compile(pattern));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "not a regular expression: " + e.getDescription() + " at place " + e.getIndex(), e);
        }
    }

    /** Whether it is anywhere in a text. */
    boolean finds(String text) throws TooHard {
        line.begin(text, Math.min(LINE_LOOKS, looksLeft));
        try {
            return matcher.reset(line).find();
        } catch (Watched.Over e) {
            throw new TooHard(
                    looksLeft <= LINE_LOOKS ? "it has taken long enough" : "the pattern takes too long on this line",
                    e);
        } catch (StackOverflowError e) {
            throw new TooHard("the pattern goes too deep on this line", e);
        } finally {
            looksLeft -= line.looks();
        }
    }

    /** A text that counts how often it is looked at. */
    private static final class Watched implements CharSequence {
        private String text = "";
        private long allowed;
        private long looks;

        /** It was looked at too often. */
        private static final class Over extends RuntimeException {
            private static final long serialVersionUID = 1L;

            Over() {
                super("looked at too often", null, false, false);
            }
        }

        void begin(String next, long most) {
            text = next;
            allowed = most;
            looks = 0;
        }

        long looks() {
            return looks;
        }

        @Override
        public char charAt(int index) {
            if (++looks > allowed) {
                throw new Over();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
