package io.bulkhead.broker.audit;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Optional;

/**
 * One line of the audit trail. It never holds a secret: no body of a request, no token, no argument of a command.
 *
 * @param sequence counts up, across restarts
 * @param timeMillis when the answer was known, milliseconds since 1970 UTC
 * @param who a local user, {@code token ID}, or {@code anonymous}
 * @param transport how the request came
 * @param address from where
 * @param verb what was asked, like {@code start}; method and path of the API where it was only looked at
 * @param partition with which partition, or what else the path names
 * @param outcome how it went
 * @param problem the code of the problem, where there was one
 * @param operation the id of the operation that carried it out
 */
public record AuditEntry(
        long sequence,
        long timeMillis,
        String who,
        Caller.Transport transport,
        String address,
        String verb,
        Optional<String> partition,
        Outcome outcome,
        Optional<String> problem,
        Optional<String> operation) {
    /** How it went. */
    public enum Outcome {
        /** It was done. */
        DONE,
        /** It was taken on, and is an operation; how that ends is another entry. */
        ACCEPTED,
        /** It was refused to this caller. */
        DENIED,
        /** It was not done, for another reason. */
        FAILED
    }

    /**
     * What somebody asked beside the API, which gets its number and time when it is added.
     *
     * @param problem why it was not done, if so: a lack of permission is a denial
     */
    public static AuditEntry of(Caller caller, String verb, Optional<String> subject, Optional<ProblemCode> problem) {
        Outcome outcome = problem.map(code -> code == ProblemCode.NOT_PERMITTED ? Outcome.DENIED : Outcome.FAILED)
                .orElse(Outcome.DONE);
        return new AuditEntry(
                0,
                0,
                caller.name(),
                caller.transport(),
                caller.address(),
                verb,
                subject,
                outcome,
                problem.map(RecordCodec::constantName),
                Optional.empty());
    }

    /** This entry with a number and a time. */
    AuditEntry at(long number, long millis) {
        return new AuditEntry(number, millis, who, transport, address, verb, partition, outcome, problem, operation);
    }
}
