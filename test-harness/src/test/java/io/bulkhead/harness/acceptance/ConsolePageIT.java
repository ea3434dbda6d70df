package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.sun.net.httpserver.HttpServer;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A console in Chromium, as somebody uses it. */
@NotInTheLab("a browser on emulated processors takes minutes to start")
class ConsolePageIT {
    private static final String BROWSER = "a console works in a browser as on a terminal";
    private static final String NAME = "web";
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final byte[] EVIL = "<p>Evil".getBytes(StandardCharsets.UTF_8);

    /** Writes numbered lines to the console, some 200 a second, until /tmp/go is gone. */
    private static final String LINES = """
            touch /tmp/go
            ( perl -e 'open my $c, ">", "/dev/console"; $c->autoflush(1); my $i = 0;
                while (-e "/tmp/go") { print $c "line-" . ++$i . ".\\n"; select undef, undef, undef, 0.005 }'
            ) >/dev/null 2>&1 &
            """;

    /** Opens a WebSocket as the page does, and says how that ended. */
    private static final String OPEN = """
            ([url, ticket]) => new Promise((done) => {
              const socket = new WebSocket(url, ['bulkhead.console.v1', 'bulkhead.ticket.' + ticket]);
              socket.onopen = () => { socket.close(); done('open'); };
              socket.onerror = () => done('refused');
            })
            """;

    private static Installation host;
    private static int port;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void install() throws IOException {
        port = freePort();
        host = Installation.create();
        Files.writeString(host.config(), "[api]\nlisten = 127.0.0.1:" + port + "\n", StandardOpenOption.APPEND);
        host.run("up").expect(0);
        host.run("define", NAME, "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "128MiB")
                .expect(0);
        host.run("start", NAME).expect(0);
        host.awaitConsole(NAME, "# ");
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(CHROMIUM));
    }

    @AfterAll
    static void remove() {
        if (playwright != null) {
            playwright.close();
        }
        host.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String server() {
        return "http://127.0.0.1:" + port;
    }

    /** A fresh token: its id, and its secret. */
    private static Map<String, Json> token() {
        Json made = host.api().post("/v1/tokens", new Json.Obj(Map.of("role", Json.of("operator"))));
        return ((Json.Obj) made).members();
    }

    private static String text(Map<String, Json> members, String name) {
        return ((Json.Text) Objects.requireNonNull(members.get(name))).value();
    }

    private static ConsolePage open() {
        return ConsolePage.signIn(browser, server(), NAME, text(token(), "secret"));
    }

    // ---- the terminal

    @Test
    @Proves(BROWSER)
    void typesAndInterrupts() {
        try (ConsolePage page = open()) {
            assertThat(page.role()).isEqualTo("You type.");

            page.enter("echo one-$((1+1))");
            page.awaitText("one-2");
            page.enter("printf 'gr\\303\\274n \\342\\202\\254\\n'");
            page.awaitText("grün €");
            page.enter("echo begun-$((2+2)); sleep 1000");
            page.awaitText("begun-4");
            page.press("Control+c");
            page.enter("echo status-$?");
            page.awaitText("status-130");

            assertThat(page.page().url()).doesNotContain("bht_");
            assertThat(page.addresses())
                    .contains("ws://127.0.0.1:" + port + "/v1/consoles/" + NAME + "/socket")
                    .noneMatch(each -> each.contains("?") || each.contains("ticket.") || each.contains("bht_"));
            assertThat(page.complaints()).isEmpty();
        }
    }

    @Test
    @Proves(BROWSER)
    void showsProgramsOfTheWholeScreenAsATerminalDoes() throws IOException {
        String numbers = IntStream.rangeClosed(1, 200)
                .mapToObj(number -> "number " + number + " größer 漢字" + " x".repeat(number % 90))
                .collect(Collectors.joining("\n", "", "\n"));
        Files.writeString(host.directory().resolve("numbers"), numbers);
        String environment = "env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME=/nowhere TERM=";
        try (ConsolePage page = open()) {
            host.exec(NAME, "cat > /tmp/numbers <<'END'\n" + numbers + "END\n").expect(0);

            page.enter("clear; cd /tmp; " + environment + "$TERM less numbers");
            try (PlainTerminal plain =
                    PlainTerminal.run(host.directory(), page.size(), environment + "$TERM less numbers")) {
                page.awaitScreen(plain::screen);
                assertThat(plain.screen()).startsWith("number 1 größer 漢字 x\nnumber 2");

                plain.type("/number 150");
                plain.press("Enter");
                page.type("/number 150");
                page.press("Enter");
                page.awaitScreen(plain::screen);
                assertThat(plain.screen()).startsWith("number 150");

                for (String key : List.of("G", "b", "u", " ", "g")) {
                    plain.type(key);
                    page.type(key);
                    page.awaitScreen(plain::screen);
                }
                assertThat(plain.screen()).startsWith("number 1 ");
            }
            page.press("q");
            page.awaitPlainScreen();
            page.enter("echo less-ended-$((3+3))");
            page.awaitText("less-ended-6");
            assertThat(page.complaints()).isEmpty();
        }
    }

    @Test
    @Proves(BROWSER)
    void editsAsOnATerminal() throws IOException {
        String command = "env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME=/nowhere TERM=$TERM vi -u NONE -n edited";
        Files.writeString(host.directory().resolve("edited"), "first\nsecond\n");
        try (ConsolePage page = open()) {
            host.exec(NAME, "printf 'first\\nsecond\\n' > /tmp/edited").expect(0);
            page.enter("clear; cd /tmp; " + command);
            try (PlainTerminal plain = PlainTerminal.run(host.directory(), page.size(), command)) {
                page.awaitScreen(plain::screen);
                assertThat(plain.screen()).contains("first\nsecond\n~");

                plain.type("Gothird grün");
                page.type("Gothird grün");
                plain.press("Escape");
                page.press("Escape");
                page.awaitScreen(plain::screen);
                assertThat(plain.screen()).contains("third grün");
            }
            page.enter(":wq");
            page.awaitPlainScreen();
            page.enter("cat edited");
            page.awaitText("first\nsecond\nthird grün\n");
        }
    }

    @Test
    @Proves(BROWSER)
    void takesTheSizeOfTheWindowOfWhoeverTypes() {
        try (ConsolePage page = open()) {
            page.enter("echo size $(stty size) first");
            ConsolePage.Size before = page.size();
            page.awaitText("size " + before.rows() + " " + before.columns() + " first");

            page.resizeWindow(700, 400);
            page.page().waitForCondition(() -> !page.size().equals(before));
            ConsolePage.Size after = page.size();
            assertThat(after.columns()).isLessThan(before.columns());
            page.enter("echo size $(stty size) second");

            page.awaitText("size " + after.rows() + " " + after.columns() + " second");
        }
    }

    @Test
    @Proves(BROWSER)
    void completesWordsAndControlsJobs() {
        try (ConsolePage page = open()) {
            host.exec(NAME, "mkdir -p /tmp/words/a-long-directory").expect(0);
            page.enter("clear; bash --norc --noprofile");
            page.enter("PS1='bash: '");
            page.awaitText("bash: ");

            page.type("cd /tmp/words/a-lo");
            page.press("Tab");
            page.awaitText("bash: cd /tmp/words/a-long-directory/");
            page.enter("; echo in-$PWD");
            page.awaitText("in-/tmp/words/a-long-directory");

            page.enter("sleep 1000");
            page.press("Control+z");
            page.awaitText("Stopped");
            page.enter("bg; jobs");
            page.awaitText("Running");
            page.enter("fg");
            page.press("Control+c");
            page.enter("echo of-$?; exit");
            page.awaitText("of-130");
            assertThat(page.complaints()).isEmpty();
        }
    }

    @Test
    @Proves(BROWSER)
    void takesAndShowsWideCharacters() {
        try (ConsolePage page = open()) {
            // A shell that reckons in bytes takes those of a character for keys.
            page.enter("export LC_ALL=C.UTF-8; clear; printf '\\346\\274\\242\\345\\255\\227|\\n'");
            page.awaitText("漢字|\n");
            page.enter("echo typed: 漢字 ü €");

            page.awaitText("\ntyped: 漢字 ü €");
            // Each has two cells, so that what follows stands where a program reckons it.
            assertThat(
                            page.page()
                                    .evaluate(
                                            "() => { const b = bulkheadConsole.terminal.buffer.active;"
                                                    + " for (let y = 0; y < b.length; y++) { const line = b.getLine(y);"
                                                    + " if (line.translateToString(true) === '漢字|') { return line.getCell(4).getChars(); } } }"))
                    .isEqualTo("|");
        }
    }

    @Test
    @Proves(BROWSER)
    void followsAProgramThatDrawsAllTheTime() {
        try (ConsolePage page = open()) {
            page.enter("clear; TERM=$TERM htop");
            page.awaitText("F10Quit");
            page.awaitText("Load average:");
            page.resizeWindow(900, 500);
            page.page()
                    .waitForCondition(
                            () -> page.screen().lines().count() == page.size().rows()
                                    && page.screen()
                                            .lines()
                                            .skip(page.size().rows() - 1)
                                            .anyMatch(each -> each.contains("F10Quit")));
            page.press("F10");
            page.awaitPlainScreen();
            page.enter("echo htop-ended-$((4+4))");
            page.awaitText("htop-ended-8");
            assertThat(page.complaints()).isEmpty();
        }
    }

    @Test
    @Proves("what a terminal would answer to a console's past is not typed into the console")
    void answersNothingToThePast() {
        // Asks for the terminal's kind (three times), place, size, mode and colours.
        host.exec(
                        NAME,
                        "printf 'asked\\033[c\\033[>c\\033[=c\\033[6n\\033[18t\\033[?25$p\\033]11;?\\007"
                                + "\\033]4;1;?\\033\\134\\033P$qm\\033\\134\\033Z-\\n' > /dev/console")
                .expect(0);
        try (ConsolePage page = open()) {
            page.awaitText("asked");
            page.enter("echo clean-$((5+5))");
            page.awaitText("\nclean-10");

            assertThat(page.all())
                    .containsPattern("(?m)# echo clean-\\$\\(\\(5\\+5\\)\\)$")
                    .doesNotContain("^[");
            assertThat(page.complaints()).isEmpty();
        }
    }

    // ---- several

    @Test
    @Proves("two browsers hand the typing of a console over")
    void twoBrowsersHandTheTypingOver() {
        try (ConsolePage first = open();
                ConsolePage second = open()) {
            assertThat(first.role()).isEqualTo("You type.");
            assertThat(second.role()).startsWith("You wait for the typing, place 1.");
            second.enter("echo from-the-second-$((1+1))");
            first.enter("echo from-the-first-$((1+1))");
            second.awaitText("from-the-first-2");
            assertThat(first.all()).doesNotContain("from-the-second");

            second.click("request");
            first.page().waitForSelector("#asked:not([hidden])");
            first.click("grant");

            second.awaitRole("You type.");
            first.awaitRole("You wait for the typing");
            second.enter("echo from-the-second-$((2+2))");
            first.awaitText("from-the-second-4");

            first.answerWith("maintenance");
            first.click("take-over");
            first.awaitRole("You type.");
            second.awaitRole("You wait for the typing");
            assertThat(host.run("audit").out()).contains("console-writer-taken-over (maintenance)");
        }
    }

    // ---- continuity

    @Test
    @Proves("a console in a browser goes on with neither gap nor repeat when the control plane was killed")
    void goesOnAfterTheControlPlaneWasKilled() {
        try (ConsolePage page = open()) {
            page.enter("clear");
            host.exec(NAME, LINES).expect(0);
            page.awaitText("line-100.");

            Installation.kill(host.controlPlanePid());
            page.awaitParted();
            page.awaitStatus("Trying again");
            host.run("up").expect(0);
            page.awaitAttached();

            host.exec(NAME, "rm /tmp/go; sleep 0.3").expect(0);
            assertThat(page.role()).isEqualTo("You type.");
            page.enter("");
            page.enter("echo goes-$((1+1))-on");
            page.awaitText("goes-2-on");
            List<Long> numbers = Pattern.compile("line-(\\d+)\\.")
                    .matcher(page.all())
                    .results()
                    .map(ConsolePageIT::number)
                    .toList();
            assertThat(numbers)
                    .hasSizeGreaterThan(300)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, numbers.size())
                            .mapToObj(Long::valueOf)
                            .toList());
            assertThat(page.all()).doesNotContain("missing here");
            assertThat(page.complaints()).isEmpty();
        }
    }

    private static Long number(MatchResult found) {
        return Long.valueOf(found.group(1));
    }

    // ---- who may not

    @Test
    @Proves("a page of another origin opens no console, whatever it knows")
    void refusesAPageOfAnotherOrigin() throws IOException {
        String url = "ws://127.0.0.1:" + port + "/v1/consoles/" + NAME + "/socket";
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, EVIL.length);
            exchange.getResponseBody().write(EVIL);
            exchange.close();
        });
        elsewhere.start();
        // On the same host, so that it is the server that refuses it and not the browser.
        String foreign = "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/";
        try (BrowserContext context = browser.newContext()) {
            Page page = context.newPage();

            page.navigate(foreign);
            assertThat(page.evaluate(OPEN, List.of(url, ticket()))).isEqualTo("refused");
            Awaitility.await()
                    .atMost(Patience.seconds(10))
                    .untilAsserted(() -> assertThat(host.run("audit").out()).contains("console-socket"));

            page.navigate(server() + "/console/");
            assertThat(page.evaluate(OPEN, List.of(url, ticket()))).isEqualTo("open");
            assertThat(page.evaluate(OPEN, List.of(url, "made-up"))).isEqualTo("refused");
        } finally {
            elsewhere.stop(0);
        }
    }

    private static String ticket() {
        Json made = host.api().post("/v1/consoles/" + NAME + "/tickets", new Json.Obj(Map.of()));
        return text(((Json.Obj) made).members(), "ticket");
    }

    @Test
    @Proves("whoever looks at a console with a token is sent away when it is revoked")
    void endsWhenTheTokenIsRevoked() {
        Map<String, Json> token = token();
        try (ConsolePage page = ConsolePage.signIn(browser, server(), NAME, text(token, "secret"))) {
            page.enter("echo one-$((2+3))");
            page.awaitText("one-5");

            host.run("token", "revoke", text(token, "id")).expect(0);

            page.awaitStatus("Ended: the token was revoked or has expired");
        }
    }
}
