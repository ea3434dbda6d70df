package io.bulkhead.contract.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON text strictly: whole 64-bit numbers only, no duplicate members, no more than 32 levels, valid UTF-8,
 * nothing after the value. Every error is a {@link WireException} that names the character position.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 32;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    public static Json read(String text) {
        JsonReader reader = new JsonReader(text);
        reader.blanks();
        Json value = reader.value(0);
        reader.blanks();
        if (reader.at < text.length()) {
            throw reader.error("unexpected text after the value");
        }
        return value;
    }

    /** Reads UTF-8 bytes. */
    public static Json read(byte[] utf8) {
        try {
            return read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new WireException("the message is not valid UTF-8", e);
        }
    }

    private Json value(int depth) {
        if (depth > MAX_DEPTH) {
            throw error("more than " + MAX_DEPTH + " levels");
        }
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Text(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            default -> number();
        };
    }

    private Json object(int depth) {
        Map<String, Json> members = new LinkedHashMap<>();
        at++;
        blanks();
        if (skip('}')) {
            return new Json.Obj(members);
        }
        do {
            blanks();
            if (peek() != '"') {
                throw error("a member's name was expected");
            }
            String name = string();
            blanks();
            expect(':');
            blanks();
            if (members.put(name, value(depth + 1)) != null) {
                throw error("the member '" + name + "' is there twice");
            }
            blanks();
        } while (skip(','));
        expect('}');
        return new Json.Obj(members);
    }

    private Json array(int depth) {
        List<Json> items = new ArrayList<>();
        at++;
        blanks();
        if (skip(']')) {
            return new Json.Array(items);
        }
        do {
            blanks();
            items.add(value(depth + 1));
            blanks();
        } while (skip(','));
        expect(']');
        return new Json.Array(items);
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        at++;
        while (true) {
            char c = next();
            if (c == '"') {
                return out.toString();
            } else if (c == '\\') {
                out.append(escaped());
            } else if (c < 0x20) {
                throw error("a control character in a string");
            } else {
                out.append(c);
            }
        }
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hexadecimal();
            default -> throw error("an unknown escape \\" + c);
        };
    }

    private char hexadecimal() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw error("a broken \\u escape");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private Json number() {
        int start = at;
        skip('-');
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && text.charAt(at) < 128) {
            at++;
        }
        String digits = text.substring(start, at);
        if (at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0) {
            throw error("numbers are whole here");
        }
        if (digits.isEmpty() || digits.equals("-")) {
            throw error("a value was expected");
        }
        if ((digits.length() > 1 && digits.charAt(0) == '0') || digits.startsWith("-0")) {
            throw error("a number starts with 0");
        }
        try {
            return new Json.Whole(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw error("the number does not fit 64 bits");
        }
    }

    private Json word(String word, Json value) {
        if (!text.startsWith(word, at)) {
            throw error("a value was expected");
        }
        at += word.length();
        return value;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skip(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!skip(c)) {
            throw error("'" + c + "' was expected");
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw error("the text ends too early");
        }
        return text.charAt(at);
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private WireException error(String what) {
        return new WireException("not valid JSON at character " + at + ": " + what);
    }
}
