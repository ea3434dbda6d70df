package io.bulkhead.console.cli;

import io.bulkhead.console.terminal.Terminal;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.WindowSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The table of usage on a terminal in raw mode, drawn over itself until somebody leaves. A control plane that goes away is
 * told in its place, and waited for. Draws on the caller's thread; a second one reads the keys.
 */
final class TopScreen {
    private static final int CTRL_C = 3;
    private static final int CTRL_D = 4;

    /** ECMA-48 and DEC private modes: home, erase to the end of the line or the screen, no wrapping of long lines. */
    private static final String HOME = "\u001b[H";

    private static final String ERASE_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";
    private static final String CUT_LINES = "\u001b[?7l";
    private static final String WRAP_LINES = "\u001b[?7h";

    private final Supplier<List<PartitionUsage>> measure;
    private final Duration interval;
    private final InputStream keys;
    private final PrintStream out;
    private final BlockingQueue<Wake> wakes = new LinkedBlockingQueue<>();
    private List<PartitionUsage> earlier = List.of();
    private List<PartitionUsage> latest = List.of();
    private volatile int rows;
    private volatile UsageTable table;

    /** What ends a wait before its time. */
    private enum Wake {
        LEAVE,
        RESIZED,
        SORTED
    }

    TopScreen(
            Supplier<List<PartitionUsage>> measure,
            UsageTable table,
            Duration interval,
            InputStream keys,
            PrintStream out) {
        this.measure = measure;
        this.table = table;
        this.interval = interval;
        this.keys = keys;
        this.out = out;
    }

    /** Shows until q, Ctrl-C or Ctrl-D; the exit code. A control plane that is not there at first is thrown. */
    int run() {
        latest = measure.get();
        rows = height();
        Thread reader = new Thread(this::readKeys, "keys");
        reader.setDaemon(true);
        reader.start();
        out.print(CUT_LINES + HOME + ERASE_BELOW);
        try {
            draw(table.render(earlier, latest));
            while (!leaves(interval)) {
                refresh();
            }
        } finally {
            out.print(WRAP_LINES);
            out.flush();
        }
        return Verb.DONE;
    }

    private void sort(UsageTable.Order order) {
        table = table.by(order);
        wakes.add(Wake.SORTED);
    }

    /** The window has another size. */
    void resize() {
        wakes.add(Wake.RESIZED);
    }

    private void refresh() {
        try {
            List<PartitionUsage> now = measure.get();
            earlier = latest;
            latest = now;
            draw(table.render(earlier, latest));
        } catch (Refusal e) {
            draw(e.problem() + "\n");
        }
    }

    private void draw(String text) {
        String head = "bulkhead top, " + Words.time(System.currentTimeMillis(), ZoneId.systemDefault()) + ", every "
                + interval.toSeconds() + " s, by " + table.order() + " (c m t i n); q leaves\n\n";
        StringBuilder picture = new StringBuilder(HOME);
        (head + text).lines().limit(Math.max(3, rows - 1)).forEach(line -> picture.append(line)
                .append(ERASE_LINE)
                .append("\r\n"));
        out.print(picture.append(ERASE_BELOW));
        out.flush();
    }

    /** Waits; whether somebody wants to leave. */
    private boolean leaves(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); left > 0; left = end - System.nanoTime()) {
                Wake wake = wakes.poll(left, TimeUnit.NANOSECONDS);
                if (wake == Wake.LEAVE) {
                    return true;
                } else if (wake == Wake.RESIZED) {
                    rows = height();
                } else if (wake == Wake.SORTED) {
                    draw(table.render(earlier, latest));
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static int height() {
        return Terminal.size().map(WindowSize::rows).orElse(Integer.MAX_VALUE);
    }

    private void readKeys() {
        try {
            for (int key = keys.read(); key >= 0; key = keys.read()) {
                if (key == 'q' || key == 'Q' || key == CTRL_C || key == CTRL_D) {
                    wakes.add(Wake.LEAVE);
                } else {
                    UsageTable.Order.ofKey(key).ifPresent(this::sort);
                }
            }
        } catch (IOException e) {
            // The terminal is gone, and with it whoever could read on.
            wakes.add(Wake.LEAVE);
        }
    }
}
