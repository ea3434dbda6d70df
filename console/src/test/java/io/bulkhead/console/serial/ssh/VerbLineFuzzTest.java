package io.bulkhead.console.serial.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bulkhead.console.cli.ParsedWords;
import io.bulkhead.contract.order.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Lines that somebody sends by SSH: whatever is passed on, the command line takes for a verb that reads, about the very
 * partition whose rights were looked at. A run of the tests tries the inputs that are kept; with {@code JAZZER_FUZZ=1} new
 * ones are sought.
 */
class VerbLineFuzzTest {
    private static final Set<String> VERBS = Set.of("console", "list", "show", "host", "top", "events", "help", "logs");
    private static final Set<String> NEVER = Set.of("--config", "--override", "--verify", "--force", "--version");

    private static final String[] WORDS = {
        "console",
        "list",
        "show",
        "host",
        "top",
        "events",
        "help",
        "logs",
        "stop",
        "export",
        "db",
        "web",
        "-o",
        "json",
        "--output",
        "--output=json",
        "-q",
        "--quiet",
        "--no-color",
        "-h",
        "--help",
        "-V",
        "--",
        "-",
        "--view",
        "--take-over",
        "--once",
        "-n",
        "-n5",
        "--samples",
        "--interval",
        "--sort",
        "-f",
        "-fn",
        "-qf",
        "--follow",
        "--follow=false",
        "--after",
        "--since",
        "--since=",
        "--until",
        "--from",
        "--bytes",
        "--lines",
        "--tail",
        "--tail=1",
        "--raw",
        "--raw=true",
        "--text",
        "--timestamps",
        "--search",
        "--search=x",
        "--export",
        "asciicast",
        "--verify",
        "--config",
        "--config=/x",
        "--override",
        "--override=a.b=c",
        "@/x",
        "5",
        "1",
        "\"db",
        "'",
        "\\",
        "exit-codes"
    };

    @FuzzTest(maxDuration = "2m")
    void passesOnWhatReadsOfAnyLine(FuzzedDataProvider data) {
        tryOut(data.consumeRemainingAsString());
    }

    @FuzzTest(maxDuration = "2m")
    void passesOnWhatReadsOfAnyWords(FuzzedDataProvider data) {
        List<String> words = new ArrayList<>();
        while (data.remainingBytes() > 0 && words.size() < 12) {
            words.add(data.consumeInt(0, 15) == 0 ? data.consumeAsciiString(6) : data.pickValue(WORDS));
        }
        tryOut(String.join(" ", words));
    }

    private static void tryOut(String text) {
        VerbLine line;
        try {
            line = VerbLine.parse(text);
        } catch (Refusal e) {
            return;
        }
        assertThat(line.verb()).isIn(VERBS);
        if (line.verb().equals("console")) {
            // Not run by the command line; VerbLine itself has said all.
            assertThat(line.console()).isPresent();
            return;
        }
        ParsedWords.of(line.words()).ifPresent(seen -> {
            assertThat(seen.verbs()).containsExactly(line.verb());
            assertThat(seen.options()).doesNotContainAnyElementsOf(NEVER);
            if (line.verb().equals("logs")) {
                assertThat(seen.positionals()).containsExactly(line.console().orElseThrow());
            }
        });
    }
}
