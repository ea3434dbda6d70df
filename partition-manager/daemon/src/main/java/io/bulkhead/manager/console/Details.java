package io.bulkhead.manager.console;

import java.nio.charset.StandardCharsets;

/** What is said of a mark. Pure. */
final class Details {
    private Details() {}

    /** One line of at most so many bytes of UTF-8: the beginning of a text, and blanks for what is not to be shown. */
    static String fit(String text, int mostBytes) {
        StringBuilder fitting = new StringBuilder();
        int bytes = 0;
        for (int point : text.codePoints().toArray()) {
            String shown = Character.isISOControl(point) || isHalf(point) ? " " : Character.toString(point);
            bytes += shown.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > mostBytes) {
                break;
            }
            fitting.append(shown);
        }
        return fitting.toString();
    }

    private static boolean isHalf(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }
}
