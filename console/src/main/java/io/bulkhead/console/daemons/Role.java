package io.bulkhead.console.daemons;

/** Which of the two processes. */
public enum Role {
    MANAGER("manager"),
    CONTROL_PLANE("control-plane");

    private final String word;

    Role(String word) {
        this.word = word;
    }

    /** As the launcher knows it. */
    public String word() {
        return word;
    }
}
