package io.bulkhead.console.terminal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Takes out of a console's past whatever a terminal would answer: the answers would be typed into the live console.
 * Everything else stays, so that the screen looks as it did.
 *
 * <p>Kept in mind are the modes that outlive the session on the user's own terminal, so that {@link #reset} can undo
 * them. For one thread. Source: xterm's "Control Sequences", and the extensions of kitty and iTerm2.
 */
public final class QueryFilter {
    private static final String RESET = "\u001b[0m" // colours
            + "\u001b[?1;9;1000;1002;1003;1004;1005;1006;1015;2004l" // cursor keys, mouse, focus, bracketed paste
            + "\u001b>" // keypad
            + "\u001b[?7;25h" // wrapping, cursor
            + "\u001b[4l" // insert mode
            + "\u001b(B\u000f" // ASCII
            + "\u001b[r"; // scrolling region; it homes the cursor, so it is done between save and restore

    /** CSI t with these numbers asks for the window's state, place, size or title; all others change something. */
    private static final int FIRST_WINDOW_REPORT = 11;

    private static final int LAST_WINDOW_REPORT = 21;
    private static final int MOST_DIGITS = 8;

    /** What begins a string of any length: OSC, DCS, SOS, PM, APC. */
    private static final String STRINGS = "]PX^_";

    /** What ends a string for some terminals and does something then: controls but those of lines, C1 in UTF-8. */
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]|\\xC2[\\x80-\\x9F]");

    private static final Pattern PRIVATE_MODES = Pattern.compile("\\?[0-9;]*[hl]");
    private static final Pattern DEVICE_QUERY = Pattern.compile("(?s)[0-9;]*(\\$q|\\+q|\\*q|!z|\\+p).*");
    private static final Pattern SYSTEM_QUERY = Pattern.compile("(?s).*[;=]\\?.*");
    private static final Pattern SIZE_REPORTS = Pattern.compile("\\?(.*;)?0*2048(;.*)?");
    private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=.)");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final EscapeScanner scanner = new EscapeScanner(new Sink());
    private boolean inPresent;
    private boolean alternateScreen;
    private boolean touched;

    /** What is left of the next piece of the past. */
    public byte[] past(byte[] piece) {
        out.reset();
        scanner.feed(piece);
        return out.toByteArray();
    }

    /** The next piece of the present: unchanged, but for the end of a sequence that began in the past. */
    public byte[] present(byte[] piece) {
        out.reset();
        int rest = 0;
        while (!inPresent && rest < piece.length && !scanner.isBetweenSequences()) {
            scanner.feed(piece[rest++] & 0xFF);
        }
        inPresent |= scanner.isBetweenSequences();
        byte[] ending = out.toByteArray();
        byte[] unchanged = Arrays.copyOfRange(piece, rest, piece.length);
        scanner.feed(unchanged);
        out.reset();
        out.writeBytes(ending);
        out.writeBytes(unchanged);
        return out.toByteArray();
    }

    /** Whether the past is over: no sequence of it is open any more, and {@link #present} changes nothing. */
    public boolean isInPresent() {
        return inPresent;
    }

    /** What puts the user's terminal back into its usual state; empty if nothing touched it. */
    public byte[] reset() {
        if (!touched) {
            return new byte[0];
        }
        String leave = alternateScreen ? "\u001b[?1049l" : "";
        return (leave + "\u001b7" + RESET + "\u001b8").getBytes(StandardCharsets.US_ASCII);
    }

    private final class Sink implements EscapeScanner.Sink {
        @Override
        public void text(int oneByte) {
            out.write(oneByte);
        }

        @Override
        public void control(int code) {
            if (code != 0x05) { // ENQ asks for the answerback string
                out.write(code);
            }
        }

        @Override
        public void sequence(char introducer, byte[] body) {
            touched = true;
            String text = new String(body, StandardCharsets.ISO_8859_1);
            if (introducer == '[') {
                watchScreen(text);
            }
            boolean isString = STRINGS.indexOf(introducer) >= 0;
            if (isQuery(introducer, text) || isString && CONTROL.matcher(text).find()) {
                return;
            }
            out.write(0x1B);
            out.write(introducer);
            out.writeBytes(body);
            if (isString) {
                out.write(0x1B);
                out.write('\\');
            }
        }

        @Override
        public void discarded() {
            touched = true;
        }
    }

    private void watchScreen(String text) {
        if (PRIVATE_MODES.matcher(text).matches()) {
            for (String mode : text.substring(1, text.length() - 1).split(";")) {
                if (mode.equals("47") || mode.equals("1047") || mode.equals("1049")) {
                    alternateScreen = text.endsWith("h");
                }
            }
        }
    }

    private static boolean isQuery(char introducer, String body) {
        return switch (introducer) {
            case '[' -> isControlQuery(body);
            case 'Z' -> true; // DECID
            case ']' -> isStringQuery(body);
            // DCS: DECRQSS, XTGETTCAP, and DECRSPS' relatives; a macro (DECDMAC) can hold any of them.
            case 'P' -> DEVICE_QUERY.matcher(body).matches();
            case '_' -> true; // APC: kitty's graphics answer, and nobody else uses it for what is seen
            default -> false;
        };
    }

    /** OSC: colours, fonts and the like are asked for by "?". */
    private static boolean isStringQuery(String body) {
        return SYSTEM_QUERY.matcher(body).matches()
                || switch (number(body)) {
                    case 52, // the clipboard, also written to
                            60, // xterm: which operations are allowed
                            61,
                            99, // kitty's notifications, which report back
                            1337, // iTerm2's own, of which many report
                            5113 -> // kitty's transfer of files
                        true;
                    default -> false;
                };
    }

    /** The first parameter as terminals read it, so with zeros before it too; -1 where there is none. */
    private static int number(String body) {
        int end = 0;
        while (end < body.length() && Character.isDigit(body.charAt(end))) {
            end++;
        }
        String digits = LEADING_ZEROS.matcher(body.substring(0, end)).replaceFirst("");
        return digits.isEmpty() || digits.length() > MOST_DIGITS ? -1 : Integer.parseInt(digits);
    }

    private static boolean isControlQuery(String body) {
        char last = body.charAt(body.length() - 1);
        String parameters = body.substring(0, body.length() - 1);
        return switch (last) {
            case 'c' -> true; // DA1, DA2, DA3
            case 'n' -> true; // DSR
            case 'x' -> !parameters.endsWith("*") && !parameters.endsWith("$"); // DECREQTPARM, not DECSACE, DECFRA
            case 'q' -> parameters.startsWith(">"); // XTVERSION, not DECSCUSR
            case 'p' -> parameters.endsWith("$"); // DECRQM, not DECSTR
            // kitty's keyboard, DECRQTSR, DECRQUPSS, not SCORC
            case 'u' -> parameters.startsWith("?") || parameters.endsWith("$") || parameters.endsWith("&");
            case 'm', 'g' -> parameters.startsWith("?"); // XTQMODKEYS, XTQFMTKEYS, not SGR, TBC
            case 'R' -> parameters.endsWith("#"); // XTREPORTCOLORS
            case 'h' -> SIZE_REPORTS.matcher(parameters).matches(); // reports the size at once, and at each change
            case 'S' -> parameters.startsWith("?"); // XTSMGRAPHICS, not SU
            case 't' -> number(parameters) >= FIRST_WINDOW_REPORT && number(parameters) <= LAST_WINDOW_REPORT;
            case 'w' -> parameters.endsWith("$") || parameters.endsWith("'"); // DECRQPSR, DECEFR
            case 'y' -> parameters.endsWith("*"); // DECRQCRA
            case 'v' -> parameters.equals("$") || parameters.endsWith("\""); // DECRQDE, not DECCRA
            case 'z' -> parameters.endsWith("*"); // DECINVM runs a macro
            // DECRQLP and its relatives, XTREPORTSGR
            case '|' -> parameters.endsWith("'") || parameters.endsWith("&") || parameters.endsWith("#");
            default -> false;
        };
    }
}
