package io.bulkhead.manager.life;

import java.util.Optional;

/** Fails the k-th call to any port, or the next one of a name, once. */
final class Faults {
    private int left = Integer.MAX_VALUE;
    private Optional<String> named = Optional.empty();
    private boolean struck;

    static final class Struck extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Struck(String call) {
            super("injected fault at " + call);
        }
    }

    void failAfter(int calls) {
        left = calls;
        struck = false;
    }

    void failAt(String call) {
        named = Optional.of(call);
        struck = false;
    }

    void none() {
        left = Integer.MAX_VALUE;
        named = Optional.empty();
    }

    /** Whether the fault came. */
    boolean struck() {
        return struck;
    }

    void step(String call) {
        boolean counted = left != Integer.MAX_VALUE && left-- == 0;
        if (counted || named.equals(Optional.of(call))) {
            struck = true;
            none();
            throw new Struck(call);
        }
    }
}
