package io.bulkhead.manager.undo;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back from a change of several steps: push right after each step, {@link #keep()} last. Closed without having
 * been kept, it undoes the steps from the last to the first; a step back that fails is logged and the others still run.
 *
 * <pre>{@code
 * try (Undo undo = new Undo()) {
 *     makeGroup();
 *     undo.push("remove the group", this::removeGroup);
 *     …
 *     undo.keep();
 * }
 * }</pre>
 *
 * <p>For one thread.
 */
public final class Undo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Undo.class);

    /** One step back. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    private record Named(String what, Step step) {}

    private final Deque<Named> steps = new ArrayDeque<>();

    /**
     * Adds a step back.
     *
     * @param what it does, for the log: "remove the group …"
     */
    public void push(String what, Step step) {
        steps.push(new Named(what, step));
    }

    /** The change is complete: nothing will be undone. */
    public void keep() {
        steps.clear();
    }

    @Override
    public void close() {
        while (!steps.isEmpty()) {
            Named last = steps.pop();
            try {
                last.step().run();
            } catch (Exception e) {
                LOG.atError().addKeyValue("step", last.what()).setCause(e).log("A step back failed");
            }
        }
    }
}
