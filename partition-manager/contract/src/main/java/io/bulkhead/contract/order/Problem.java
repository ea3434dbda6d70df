package io.bulkhead.contract.order;

import java.util.List;
import java.util.Optional;

/**
 * Why an order was not carried out.
 *
 * @param code the kind
 * @param detail what exactly, with the place and the numbers
 * @param remedy what the user can do, if anything
 * @param holders who holds what is short, one line each; empty where that does not apply
 */
public record Problem(ProblemCode code, String detail, Optional<String> remedy, List<String> holders) {
    public Problem {
        holders = List.copyOf(holders);
    }

    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, Optional.empty(), List.of());
    }

    public static Problem of(ProblemCode code, String detail, String remedy) {
        return new Problem(code, detail, Optional.of(remedy), List.of());
    }

    @Override
    public String toString() {
        return detail + remedy.map(text -> "; " + text).orElse("");
    }
}
