package io.bulkhead.harness.acceptance;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The page for one console in a real browser, in a profile of its own. What the browser complains of, its Content Security
 * Policy among it, is kept. For the thread that made it.
 */
final class ConsolePage implements AutoCloseable {
    /** The text on the terminal's screen, a line each, without blanks at their ends. */
    private static final String SCREEN = """
            () => { const t = bulkheadConsole.terminal, b = t.buffer.active;
              return Array.from({ length: t.rows }, (_, y) => b.getLine(b.baseY + y)?.translateToString(true) ?? '')
                .join('\\n'); }
            """;

    /** All that the terminal still has, lines that were wrapped in one piece. */
    private static final String ALL = """
            () => { const b = bulkheadConsole.terminal.buffer.active, lines = [];
              for (let y = 0; y < b.length; y++) {
                const line = b.getLine(y), text = line.translateToString(true);
                if (line.isWrapped) { lines[lines.length - 1] += text; } else { lines.push(text); }
              }
              return lines.join('\\n'); }
            """;

    /** What each Chromium says when a server is away. */
    private static final String CONNECTION = "net::ERR_CONNECTION|WebSocket connection to .* failed|status of 50\\d";

    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> addresses = new CopyOnWriteArrayList<>();

    /** A terminal's size, characters. */
    record Size(int columns, int rows) {}

    private ConsolePage(BrowserContext context) {
        this.context = context;
        this.page = context.newPage();
        page.setDefaultTimeout((double) Patience.seconds(20).toMillis());
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.onRequest(request -> addresses.add(request.url()));
        page.onWebSocket(socket -> addresses.add(socket.url()));
    }

    /** Opens the page and signs in; returns when the console is attached. */
    static ConsolePage signIn(Browser browser, String server, String partition, String token) {
        ConsolePage made = new ConsolePage(browser.newContext());
        made.page.navigate(server + "/console/#" + partition);
        made.page.locator("#token").fill(token);
        made.page.locator("#sign-in button").click();
        made.awaitAttached();
        return made;
    }

    void awaitAttached() {
        page.waitForSelector("body[data-attached=true]");
    }

    void awaitParted() {
        page.waitForSelector("body:not([data-attached=true])");
    }

    Page page() {
        return page;
    }

    /** Complaints of anything but a connection that broke. */
    List<String> complaints() {
        return complaints.stream()
                .filter(each -> !each.matches("(?s).*(" + CONNECTION + ").*"))
                .toList();
    }

    /** Every address that the page asked for, WebSockets too. */
    List<String> addresses() {
        return List.copyOf(addresses);
    }

    // ---- the terminal

    /** Types as a person does, a key after the other. */
    void type(String text) {
        page.keyboard().type(text);
    }

    /** Types a line and its end. */
    void enter(String line) {
        type(line);
        press("Enter");
    }

    /** Presses a key of the keyboard, as Playwright names it. */
    void press(String key) {
        page.keyboard().press(key);
    }

    Size size() {
        String text =
                (String) page.evaluate("() => bulkheadConsole.terminal.cols + ' ' + bulkheadConsole.terminal.rows");
        String[] numbers = text.split(" ", 2);
        return new Size(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }

    void resizeWindow(int width, int height) {
        page.setViewportSize(width, height);
    }

    String screen() {
        return ((String) page.evaluate(SCREEN))
                .lines()
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n"))
                .stripTrailing();
    }

    String all() {
        return (String) page.evaluate(ALL);
    }

    /** Waits until something is on the screen or was. */
    void awaitText(String text) {
        await(() -> all().contains(text), () -> "'" + text + "' in:\n" + all());
    }

    /** Waits until the screen shows exactly that. */
    void awaitScreen(Supplier<String> wanted) {
        await(() -> screen().equals(wanted.get()), () -> difference(wanted.get(), screen()));
    }

    /** Waits until the program that had the whole screen has given it back. */
    void awaitPlainScreen() {
        page.waitForFunction("() => bulkheadConsole.terminal.buffer.active.type === 'normal'");
    }

    private static String difference(String wanted, String shown) {
        List<String> left = wanted.lines().toList();
        List<String> right = shown.lines().toList();
        return IntStream.range(0, Math.max(left.size(), right.size()))
                .mapToObj(row -> (row < left.size() ? left.get(row) : "(none)") + "   |   "
                        + (row < right.size() ? right.get(row) : "(none)"))
                .collect(Collectors.joining("\n", "a terminal   |   the page\n", ""));
    }

    // ---- what stands around it

    String role() {
        return page.locator("#role").textContent();
    }

    void awaitRole(String beginning) {
        await(() -> role().startsWith(beginning), () -> "'" + beginning + "', not '" + role() + "'");
    }

    String status() {
        return page.locator("#status").textContent();
    }

    void awaitStatus(String part) {
        await(() -> status().contains(part), () -> "'" + part + "', not '" + status() + "'");
    }

    void click(String id) {
        page.locator("#" + id).click();
        page.locator(".xterm-helper-textarea").focus();
    }

    /** Answers the next question of the page. */
    void answerWith(String text) {
        page.onceDialog((Dialog dialog) -> dialog.accept(text));
    }

    private void await(BooleanSupplier condition, Supplier<String> missing) {
        try {
            page.waitForCondition(condition);
        } catch (RuntimeException e) {
            throw new AssertionError("waited for " + missing.get() + "\nthe browser said " + complaints, e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
