package io.bulkhead.manager.life;

/** Fails the k-th call to any port, once. */
final class Faults {
    private int left = Integer.MAX_VALUE;
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

    void none() {
        left = Integer.MAX_VALUE;
    }

    /** Whether the fault came. */
    boolean struck() {
        return struck;
    }

    void step(String call) {
        if (left != Integer.MAX_VALUE && left-- == 0) {
            struck = true;
            left = Integer.MAX_VALUE;
            throw new Struck(call);
        }
    }
}
