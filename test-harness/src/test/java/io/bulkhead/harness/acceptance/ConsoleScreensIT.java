package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.harness.proof.Proves;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Programs of the kind that fill a screen, at a console by the command line on a real terminal. The same keys go to a plain
 * shell of the host on another terminal of the same size, and in the end both must show the same.
 */
@NotInTheLab("real screens are awaited, and a command line takes long to start there")
class ConsoleScreensIT {
    private static final String SCREENS = "programs show at a console what they show on any terminal, key by key";

    /** The same shell in both places, whatever either is set up with; there is no home for programs to leave anything in. */
    private static final String SHELL =
            "env -i TERM=screen LANG=C.UTF-8 PATH=/usr/bin:/bin:/usr/sbin HOME=/nonexistent 'PS1=>> ' bash --norc --noprofile";

    /** As a screen tells it, without the blank at its end. */
    private static final String PROMPT = ">>";

    /** A long text that every Debian has, and so every partition. */
    private static final String TEXT = "/usr/share/common-licenses/GPL-3";

    private static Installation host;
    private static Tmux console;
    private static Tmux plain;

    @BeforeAll
    static void install() {
        host = Installation.up();
        host.run("define", "shell", "--cpus", "0.3", "--memory", "128MiB").expect(0);
        host.run("start", "shell").expect(0);
        host.awaitConsole("shell", "# ");
        console = Tmux.start(
                host.name() + "-console",
                List.of(
                        Checkout.root().resolve("bulkhead").toString(),
                        "--config",
                        host.config().toString(),
                        "console",
                        "shell"));
        plain = Tmux.start(host.name() + "-plain", List.of("sh", "-c", "cd /; exec " + SHELL));
        await().atMost(Patience.seconds(30)).until(() -> lastLine(console).endsWith("#"));
        console.type("cd /; exec 2>&1; " + SHELL);
        console.keys("Enter");
        await().atMost(Patience.seconds(10)).until(() -> lastLine(console).equals(PROMPT));
    }

    @AfterAll
    static void remove() {
        console.close();
        plain.close();
        host.close();
    }

    @BeforeEach
    void clear() {
        command("clear");
        sameWith(PROMPT);
    }

    private static void type(String text) {
        console.type(text);
        plain.type(text);
    }

    private static void keys(String... names) {
        console.keys(names);
        plain.keys(names);
    }

    private static void command(String line) {
        type(line);
        keys("Enter");
    }

    /** Both screens come to be the same, with a text on them. */
    private static void sameWith(String text) {
        try {
            await().atMost(Patience.seconds(20))
                    .until(() ->
                            plain.screen().contains(text) && console.screen().equals(plain.screen()));
        } catch (ConditionTimeoutException e) {
            assertThat(console.screen()).isEqualTo(plain.screen()).contains(text);
        }
    }

    @Test
    @Proves(SCREENS)
    void anEditorIsTheSame() {
        command("vim.tiny -R -n -u NONE " + TEXT);
        sameWith("GNU GENERAL PUBLIC LICENSE");
        keys("C-f", "C-f", "j", "j");
        type("/Corresponding");
        keys("Enter");
        sameWith("Corresponding");
        type(":set number");
        keys("Enter");
        type("dd");
        type("Oä line of our own");
        keys("Escape");
        sameWith("ä line of our own");
        type(":q!");
        keys("Enter");
        sameWith(PROMPT);
    }

    @Test
    @Proves(SCREENS)
    void aPagerIsTheSame() {
        command("less " + TEXT);
        sameWith("GNU GENERAL PUBLIC LICENSE");
        keys("Space", "j", "j", "k");
        type("/warranty");
        keys("Enter");
        sameWith("warranty");
        type("G");
        sameWith("(END)");
        type("q");
        sameWith(PROMPT);
    }

    @Test
    @Proves(SCREENS)
    void aViewOfTheProcessesIsDrawnAndMoves() {
        command("htop --no-color");
        await().atMost(Patience.seconds(20))
                .until(() -> lastLine(console).contains("F10Quit")
                        && lastLine(console).equals(lastLine(plain)));
        assertThat(console.screen()).contains("PID").contains("bash");
        keys("F5");
        await().atMost(Patience.seconds(20))
                .until(() ->
                        lastLine(console).contains("List") && lastLine(console).equals(lastLine(plain)));
        type("q");
        // What was before on the other screen is shown again
        await().atMost(Patience.seconds(20)).until(() -> !console.screen().contains("F10Quit"));
    }

    private static String lastLine(Tmux terminal) {
        List<String> lines = terminal.screen().stripTrailing().lines().toList();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    @Test
    @Proves(SCREENS)
    void aShellCompletesInterruptsStopsAndGoesOn() {
        type("ls /usr/share/common-lic");
        keys("Tab");
        type("GPL-3");
        sameWith("common-licenses/GPL-3");
        keys("Enter");
        sameWith("GPL-3\n");

        // Each says that it has the terminal: a key that comes before goes to the shell.
        command("sh -c 'echo first; exec sleep 1000'");
        sameWith("\nfirst\n");
        keys("C-c");
        sameWith("^C");
        command("sh -c 'echo second; exec sleep 1001'");
        sameWith("\nsecond\n");
        keys("C-z");
        sameWith("Stopped");
        command("bg; jobs");
        sameWith("Running");
        command("kill %1; sleep 1");
        sameWith("Terminated");
        keys("C-r");
        type("comm");
        sameWith("(reverse-i-search)");
        keys("C-c");
        sameWith(PROMPT);
    }

    @Test
    @Proves(SCREENS)
    void otherScriptsAndOtherSizesAreTheSame() {
        type("echo 'Größe – 日本語 ελληνικά e\u0301'");
        keys("BSpace", "BSpace");
        type("ё'");
        keys("Enter");
        sameWith("\nGröße – 日本語");

        console.resize(70, 18);
        plain.resize(70, 18);
        command("stty size");
        sameWith("18 70");
        command("less " + TEXT);
        sameWith("GNU GENERAL PUBLIC LICENSE");
        console.resize(90, 24);
        plain.resize(90, 24);
        sameWith("copyleft license for");
        type("q");
        sameWith("18 70");
        command("stty size");
        sameWith("24 90");
    }
}
