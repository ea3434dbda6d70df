package io.bulkhead.broker;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Finds the refusal in the failure of a stage. */
public final class Refusals {
    private Refusals() {}

    /** The refusal itself, or one with the code FAILED around anything else. */
    public static Refusal of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Refusal refusal) {
            return refusal;
        }
        return new Refusal(Problem.of(ProblemCode.FAILED, String.valueOf(cause.getMessage())), cause);
    }
}
