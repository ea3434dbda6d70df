package io.bulkhead.harness.acceptance;

/** How often a test goes round that finds the more, the longer it goes on. */
final class Rounds {
    /** Property: how many rounds; {@code ./dev test --rounds 200} sets it. */
    private static final String COUNT = "bulkhead.test.rounds";

    /** As many as a run of all tests has the time for. */
    private static final int USUAL = 20;

    private Rounds() {}

    static int count() {
        return count(USUAL);
    }

    /** @param usual how many where nobody asked for a number */
    static int count(int usual) {
        return Integer.getInteger(COUNT, usual);
    }
}
