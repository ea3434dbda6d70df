package io.bulkhead.console.checks;

import java.util.Optional;

/**
 * What a check has found.
 *
 * @param what was looked at
 * @param verdict how it is
 * @param found what was there
 * @param remedy what to do, if anything
 */
public record Finding(String what, Verdict verdict, String found, Optional<String> remedy) {
    /** How it is. */
    public enum Verdict {
        GOOD,
        /** It works, but weaker or not as it could. */
        WEAK,
        /** Bulkhead cannot work so. */
        BAD
    }

    static Finding good(String what, String found) {
        return new Finding(what, Verdict.GOOD, found, Optional.empty());
    }

    static Finding weak(String what, String found, String remedy) {
        return new Finding(what, Verdict.WEAK, found, Optional.of(remedy));
    }

    static Finding bad(String what, String found, String remedy) {
        return new Finding(what, Verdict.BAD, found, Optional.of(remedy));
    }
}
