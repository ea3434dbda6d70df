package io.bulkhead.harness.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A terminal of the kind that answers: what is asked by a program on its PTY is typed into that program, as xterm, kitty and
 * iTerm2 do. It knows the sequences by itself, not as the product does.
 */
final class AnsweringTerminal {
    private static final String STRING_END = "(\\u0007|\\u001b\\\\)";

    /** What is asked, and what would be typed. */
    private static final Map<Pattern, String> QUESTIONS = questions();

    /** What the program on it put out, and how often it asked for what. */
    record Session(String shown, Map<String, Long> asked) {}

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private AnsweringTerminal() {}

    private static Map<Pattern, String> questions() {
        Map<Pattern, String> questions = new LinkedHashMap<>();
        questions.put(Pattern.compile("\\u001b\\[[?>=]?[0-9;]*c|\\u001bZ"), "\u001b[?62;22c");
        questions.put(Pattern.compile("\\u001b\\[\\??[0-9;]*n"), "\u001b[1;1R");
        questions.put(Pattern.compile("\\u001b\\[0*(1[1-9]|2[01])[;:0-9]*t"), "\u001b]lrm -rf /\u001b\\");
        questions.put(Pattern.compile("\\u001b\\[[0-9?;]*\\$p"), "\u001b[?1;2$y");
        questions.put(Pattern.compile("\\u001b\\[>0*q"), "\u001bP>|terminal\u001b\\");
        questions.put(Pattern.compile("\\u001b\\[\\?[0-9]*[umg]"), "\u001b[?0u");
        questions.put(Pattern.compile("\\u001b\\]0*52;[^\\u0007\\u001b]*" + STRING_END), "\u001b]52;c;c2VjcmV0\u0007");
        questions.put(Pattern.compile("\\u001b\\][0-9;]*\\?" + STRING_END), "\u001b]10;rgb:0/0/0\u0007");
        questions.put(Pattern.compile("\\u001b\\]0*1337;Report[^\\u0007\\u001b]*" + STRING_END), "\u001b]1337;x\u0007");
        questions.put(Pattern.compile("\\u001bP[$+]q[^\\u001b]*\\u001b\\\\"), "\u001bP1$r0m\u001b\\");
        questions.put(Pattern.compile("\\u001b_G[^\\u001b]*\\u001b\\\\"), "\u001b_Gi=1;OK\u001b\\");
        questions.put(Pattern.compile("\\u0005"), "answerback");
        return questions;
    }

    /**
     * Has a program run on it until it ends, or has shown nothing new for a second, ten in the lab.
     *
     * @param typed by the user at the beginning
     */
    static Session run(List<String> command, String typed) {
        String line = String.join(" ", command);
        try {
            Process process = new ProcessBuilder(
                            "script", "--quiet", "--flush", "--return", "--command", line, "/dev/null")
                    .redirectErrorStream(true)
                    .start();
            try {
                process.getOutputStream().write(typed.getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
                return show(process);
            } finally {
                process.destroy();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Session show(Process process) throws IOException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        Map<String, Long> asked = new TreeMap<>();
        InputStream out = process.getInputStream();
        int answered = 0;
        long quietSince = System.nanoTime();
        long quiet = Patience.seconds(1).toNanos();
        while (process.isAlive() || out.available() > 0) {
            if (out.available() == 0) {
                if (shown.size() > 0 && System.nanoTime() - quietSince > quiet) {
                    break;
                }
                LockSupport.parkNanos(LOOK_NANOS);
                continue;
            }
            shown.writeBytes(out.readNBytes(out.available()));
            quietSince = System.nanoTime();
            answered = answer(process, shown.toString(StandardCharsets.ISO_8859_1), answered, asked);
        }
        return new Session(shown.toString(StandardCharsets.ISO_8859_1), asked);
    }

    private static void type(Process process, String answer) {
        try {
            process.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            process.getOutputStream().flush();
        } catch (IOException e) {
            // It has ended without waiting for its answer, which whoever comes next on the terminal would get.
            return;
        }
    }

    /** Answers whatever is asked behind a place of the text; returns the place behind the last question. */
    private static int answer(Process process, String text, int from, Map<String, Long> asked) {
        int end = from;
        for (Map.Entry<Pattern, String> question : QUESTIONS.entrySet()) {
            Matcher matcher = question.getKey().matcher(text);
            for (int at = from; matcher.find(at); at = matcher.end()) {
                asked.merge(question.getKey().pattern(), 1L, Long::sum);
                end = Math.max(end, matcher.end());
                type(process, question.getValue());
            }
        }
        return end;
    }
}
