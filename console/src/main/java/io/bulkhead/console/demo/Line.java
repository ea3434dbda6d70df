package io.bulkhead.console.demo;

/**
 * One line of the demonstration's result.
 *
 * @param subject partition, and what about it
 * @param asked what the definition says
 * @param kernel what the kernel says
 * @param measured what was seen from inside, or why nothing can be seen here
 * @param verdict whether all of it agrees
 */
record Line(String subject, String asked, String kernel, String measured, Verdict verdict) {
    /** What is thought of a line. */
    enum Verdict {
        HOLDS,
        BROKEN,
        /** This host cannot do it, which is said and breaks no promise. */
        NOT_HERE
    }

    /** One that was measured. */
    Line(String subject, String asked, String kernel, String measured, boolean held) {
        this(subject, asked, kernel, measured, held ? Verdict.HOLDS : Verdict.BROKEN);
    }

    /** One that cannot be shown on this host. */
    static Line notHere(String subject, String asked, String why) {
        return new Line(subject, asked, "-", why, Verdict.NOT_HERE);
    }

    boolean held() {
        return verdict == Verdict.HOLDS;
    }
}
