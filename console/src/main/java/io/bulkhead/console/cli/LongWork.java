package io.bulkhead.console.cli;

import io.bulkhead.contract.wire.Json;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/**
 * Has a partition changed, and shows what is going on while that takes its time: one line on standard error, which is gone
 * afterwards. Where nobody reads standard error, it just waits for the answer. Interrupted, the work goes on; 'GET
 * /v1/operations' tells of it.
 */
final class LongWork {
    private static final String FRAMES = "|/-\\";

    private final Bulkhead bulkhead;
    private int shown;
    private int frame;

    LongWork(Bulkhead bulkhead) {
        this.bulkhead = bulkhead;
    }

    /**
     * Asks for it and waits for its end.
     *
     * @param method of HTTP
     * @param path of what is changed
     * @param body what is sent, if anything
     * @param headers sent too
     * @param what for the line, like {@code db: start}
     */
    Json run(String method, String path, Optional<Json> body, Map<String, String> headers, String what) {
        if (bulkhead.quiet() || !bulkhead.surroundings().errorIsTerminal()) {
            return bulkhead.api().request(method, path, body, headers);
        }
        long start = System.nanoTime();
        try {
            return bulkhead.api().work(method, path, body, headers, operation -> show(what, operation, start));
        } finally {
            clear();
        }
    }

    /** The same without further headers. */
    Json run(String method, String path, Optional<Json> body, String what) {
        return run(method, path, body, Map.of(), what);
    }

    private void show(String what, Json.Obj operation, long start) {
        String line = FRAMES.charAt(frame++ % FRAMES.length()) + " " + what + ", "
                + (System.nanoTime() - start) / 1_000_000_000 + " s"
                + lastStep(operation).map(step -> ", " + step).orElse("");
        clear();
        err().print(line);
        err().flush();
        shown = line.length();
    }

    private static Optional<String> lastStep(Json.Obj operation) {
        return operation.members().get("steps") instanceof Json.Array steps
                        && !steps.items().isEmpty()
                        && steps.items().get(steps.items().size() - 1) instanceof Json.Obj step
                        && step.members().get("what") instanceof Json.Text text
                ? Optional.of(text.value())
                : Optional.empty();
    }

    private void clear() {
        if (shown > 0) {
            err().print("\r" + " ".repeat(shown) + "\r");
            err().flush();
            shown = 0;
        }
    }

    private PrintStream err() {
        return bulkhead.surroundings().err();
    }
}
