package io.bulkhead.console.serial.log;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Text in which everything is shown that is not text, so that it can do nothing to a terminal: control characters like
 * {@code ^[}, as {@code cat -v} has them; bytes that are no UTF-8 like {@code \x9b}; what turns the direction of writing
 * like {@code \u202e}.
 */
final class ShownText {
    private static final int DELETE = 0x7F;
    private static final int CARET = 0x40;

    private ShownText() {}

    /** All bytes, shown. */
    static String of(byte[] bytes, int start, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, start, length);
        CharBuffer out = CharBuffer.allocate(length + 1);
        StringBuilder shown = new StringBuilder(length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            out.flip().chars().forEach(character -> show(shown, (char) character));
            out.clear();
            if (!result.isError()) {
                return shown.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                shown.append(String.format(Locale.ROOT, "\\x%02x", in.get()));
            }
            decoder.reset();
        }
    }

    private static void show(StringBuilder shown, char character) {
        if (character == '\t' || character >= ' ' && character < DELETE) {
            shown.append(character);
        } else if (character < ' ' || character == DELETE) {
            shown.append('^').append((char) (character ^ CARET));
        } else if (isHarmful(character)) {
            shown.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
        } else {
            shown.append(character);
        }
    }

    private static boolean isHarmful(char character) {
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || character == '\u061C'
                || character == '\u200E'
                || character == '\u200F'
                || character >= '\u202A' && character <= '\u202E'
                || character >= '\u2066' && character <= '\u2069';
    }

    /** How many bytes at the end begin a character of UTF-8 whose rest is missing. */
    static int cutBytes(byte[] bytes, int length) {
        for (int back = 1; back <= 3 && back <= length; back++) {
            int each = bytes[length - back] & 0xFF;
            if (each >= 0xF5) {
                return 0;
            } else if (each >= 0xC0) {
                int needed = each >= 0xF0 ? 4 : each >= 0xE0 ? 3 : 2;
                return needed > back ? back : 0;
            } else if (each < 0x80) {
                return 0;
            }
        }
        return 0;
    }

    /** A line of text without its escape sequences, as they are shown after {@link #of}: what a reader would search in. */
    static String withoutSequences(String shown) {
        return shown.indexOf("^[") < 0 ? shown : stripped(shown);
    }

    private static String stripped(String shown) {
        StringBuilder text = new StringBuilder(shown.length());
        int i = 0;
        while (i < shown.length()) {
            if (shown.startsWith("^[", i)) {
                i = behindSequence(shown, i + 2);
            } else {
                text.append(shown.charAt(i++));
            }
        }
        return text.toString();
    }

    private static int behindSequence(String shown, int start) {
        if (start >= shown.length()) {
            return start;
        }
        int i = start + 1;
        if (shown.charAt(start) == '[') {
            // ECMA-48: parameters and intermediates below @, then one final.
            while (i < shown.length() && shown.charAt(i) < '@') {
                i++;
            }
            return Math.min(shown.length(), i + 1);
        } else if (shown.charAt(start) == ']') {
            int bell = shown.indexOf("^G", i);
            int terminator = shown.indexOf("^[\\", i);
            if (bell >= 0 && (terminator < 0 || bell < terminator)) {
                return bell + 2;
            }
            return terminator < 0 ? shown.length() : terminator + 3;
        }
        return i;
    }
}
