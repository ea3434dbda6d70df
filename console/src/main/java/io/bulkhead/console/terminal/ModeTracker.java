package io.bulkhead.console.terminal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Follows the modes that a stream sets on a terminal: those of DEC and ECMA-48 that outlive the sequence, the scrolling
 * region, character sets, the keypad and the colours. A viewer that begins in the middle of a stream, or jumps, has them set
 * by {@link #preamble} first. Source: xterm's "Control Sequences".
 *
 * <p>Text is passed over quickly: only ESC, SO, SI and the C1 lead byte are looked at. Bounded: known modes only. For one
 * thread; {@link #copy} is independent of its original.
 */
public final class ModeTracker {
    /** Private modes worth keeping; those that report at once or ask for something are not among them. */
    private static final Set<Integer> PRIVATE = Set.of(
            1, 5, 6, 7, 9, 25, 45, 47, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 1047, 1049, 2004);

    /** Those of them that are on by default. */
    private static final Set<Integer> ON = Set.of(7, 25);

    private static final int MOST_PARAMETERS = 64;
    private static final int MOST_COLOURS = 128;
    private static final int ESCAPE = 0x1B;

    private enum At {
        GROUND,
        C1,
        ESCAPE,
        CHARACTER_SET,
        NAMED,
        CONTROL_SEQUENCE,
        STRING,
        STRING_ESCAPE
    }

    private final Map<Integer, Boolean> modes;
    private final byte[] parameters = new byte[MOST_PARAMETERS];
    private int length;
    private At at = At.GROUND;
    private char designated;

    private boolean insert;
    private boolean keypad;
    private boolean shiftedOut;
    private char g0 = 'B';
    private char g1 = 'B';
    private String region = "";
    private String colours = "";

    public ModeTracker() {
        modes = new TreeMap<>();
    }

    private ModeTracker(ModeTracker other) {
        modes = new TreeMap<>(other.modes);
        System.arraycopy(other.parameters, 0, parameters, 0, other.length);
        length = other.length;
        at = other.at;
        designated = other.designated;
        insert = other.insert;
        keypad = other.keypad;
        shiftedOut = other.shiftedOut;
        g0 = other.g0;
        g1 = other.g1;
        region = other.region;
        colours = other.colours;
    }

    /** One that goes its own way from here. */
    public ModeTracker copy() {
        return new ModeTracker(this);
    }

    /** The stream's next bytes. */
    public void feed(byte[] bytes, int from, int count) {
        int end = from + count;
        int i = from;
        while (i < end) {
            if (at == At.GROUND) {
                i = nextOfInterest(bytes, i, end);
                if (i == end) {
                    return;
                }
            }
            step(bytes[i++] & 0xFF);
        }
    }

    private static int nextOfInterest(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            byte b = bytes[i];
            if (b == ESCAPE || b == 0x0E || b == 0x0F || b == (byte) 0xC2) {
                return i;
            }
        }
        return end;
    }

    /** Bytes are lost here: whatever sequence was open is not one any more. */
    public void cut() {
        at = At.GROUND;
    }

    private void step(int b) {
        if (at != At.GROUND && (b == 0x18 || b == 0x1A)) {
            at = At.GROUND;
            return;
        }
        switch (at) {
            case GROUND -> ground(b);
            case C1 -> {
                at = At.GROUND;
                if (b >= 0x80 && b <= 0x9F) {
                    afterEscape(b - 0x40);
                } else if (b < 0x80) {
                    ground(b);
                }
            }
            case ESCAPE -> afterEscape(b);
            case CHARACTER_SET -> {
                at = At.GROUND;
                if (designated == '(') {
                    g0 = harmless(b);
                } else if (designated == ')') {
                    g1 = harmless(b);
                }
            }
            case NAMED -> {
                if (b >= 0x30) {
                    at = At.GROUND;
                }
            }
            case CONTROL_SEQUENCE -> controlSequence(b);
            case STRING -> {
                if (b == 0x07) {
                    at = At.GROUND;
                } else if (b == ESCAPE) {
                    at = At.STRING_ESCAPE;
                }
            }
            case STRING_ESCAPE -> {
                at = At.GROUND;
                if (b != '\\') {
                    afterEscape(b);
                }
            }
        }
    }

    /** A character set is named by one printable letter, digit or sign. */
    private static char harmless(int b) {
        return b >= 0x30 && b < 0x7F ? (char) b : 'B';
    }

    private void ground(int b) {
        if (b == ESCAPE) {
            at = At.ESCAPE;
        } else if (b == 0x0E) {
            shiftedOut = true;
        } else if (b == 0x0F) {
            shiftedOut = false;
        } else if (b == 0xC2) {
            at = At.C1;
        }
    }

    private void afterEscape(int b) {
        at = At.GROUND;
        if (b == ESCAPE) {
            at = At.ESCAPE;
        } else if (b == '[') {
            at = At.CONTROL_SEQUENCE;
            length = 0;
        } else if (b == ']' || b == 'P' || b == 'X' || b == '^' || b == '_') {
            at = At.STRING;
        } else if (b == '(' || b == ')') {
            at = At.CHARACTER_SET;
            designated = (char) b;
        } else if (b >= 0x20 && b <= 0x2F) {
            at = At.NAMED;
        } else if (b == '=') {
            keypad = true;
        } else if (b == '>') {
            keypad = false;
        } else if (b == 'c') {
            reset();
        }
    }

    private void controlSequence(int b) {
        if (b == ESCAPE) {
            at = At.ESCAPE;
        } else if (b >= 0x40) {
            at = At.GROUND;
            if (length < MOST_PARAMETERS) {
                carryOut((char) b, new String(parameters, 0, length, StandardCharsets.ISO_8859_1));
            }
        } else if (b >= 0x20 && length < MOST_PARAMETERS) {
            parameters[length++] = (byte) b;
        }
    }

    private void carryOut(char last, String text) {
        if ((last == 'h' || last == 'l') && text.matches("\\?[0-9;]+")) {
            setPrivate(text.substring(1), last == 'h');
        } else if ((last == 'h' || last == 'l')
                && Arrays.asList(text.split(";")).contains("4")) {
            insert = last == 'h';
        } else if (last == 'r' && text.matches("[0-9]{0,4}(;[0-9]{0,4})?")) {
            region = text;
        } else if (last == 'm' && text.matches("[0-9;:]*")) {
            colour(text);
        } else if (last == 'p' && text.equals("!")) {
            reset();
        }
    }

    private void setPrivate(String text, boolean on) {
        for (String number : text.split(";")) {
            if (number.matches("0*[0-9]{1,4}") && PRIVATE.contains(Integer.parseInt(number))) {
                modes.put(Integer.parseInt(number), on);
            }
        }
    }

    /** Colours add up until they are put back. */
    private void colour(String text) {
        if (text.isEmpty() || text.matches("0+")) {
            colours = "";
        } else if (text.matches("0+;.*")) {
            colours = "\u001b[" + text + "m";
        } else if (colours.length() + text.length() <= MOST_COLOURS) {
            colours += "\u001b[" + text + "m";
        } else {
            colours = "\u001b[" + text + "m";
        }
    }

    private void reset() {
        modes.clear();
        insert = false;
        keypad = false;
        shiftedOut = false;
        g0 = 'B';
        g1 = 'B';
        region = "";
        colours = "";
    }

    /**
     * What puts a terminal into these modes.
     *
     * @param all whether modes that are as by default are set too: for a terminal that has already seen other parts of the
     *     stream; otherwise it is one that has just been opened
     */
    public byte[] preamble(boolean all) {
        StringBuilder text = new StringBuilder();
        modes.forEach((number, on) -> {
            if (all || on != ON.contains(number)) {
                text.append("\u001b[?").append(number).append(on ? 'h' : 'l');
            }
        });
        if (insert || all) {
            text.append(insert ? "\u001b[4h" : "\u001b[4l");
        }
        if (keypad || all) {
            text.append(keypad ? "\u001b=" : "\u001b>");
        }
        if (g0 != 'B' || all) {
            text.append("\u001b(").append(g0);
        }
        if (g1 != 'B') {
            text.append("\u001b)").append(g1);
        }
        if (shiftedOut || all) {
            text.append(shiftedOut ? '\u000e' : '\u000f');
        }
        if (!region.isEmpty() || all) {
            // Setting the region moves the cursor home.
            text.append("\u001b7\u001b[").append(region).append("r\u001b8");
        }
        if (!colours.isEmpty() || all) {
            text.append("\u001b[0m").append(colours);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
