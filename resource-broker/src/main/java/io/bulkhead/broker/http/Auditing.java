package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.FailureLimiter;
import io.bulkhead.broker.audit.AuditEntry;
import io.bulkhead.broker.audit.AuditTrail;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the audit trail of requests. Refusals of access are written ten a minute and caller at most, so that nobody who
 * may do nothing can push out what others did; all of them are counted in the metrics.
 */
final class Auditing {
    private static final int REFUSALS_PER_MINUTE = 10;
    private static final Set<ProblemCode> DENIALS = Set.of(
            ProblemCode.NOT_PERMITTED,
            ProblemCode.UNAUTHENTICATED,
            ProblemCode.MISDIRECTED,
            ProblemCode.TOO_MANY_REQUESTS);

    private final AuditTrail trail;
    private final FailureLimiter refusals = Services.limiter(REFUSALS_PER_MINUTE);

    Auditing(AuditTrail trail) {
        this.trail = trail;
    }

    /** Somebody was refused before anything was looked at. */
    void denied(Caller caller, String verb, Optional<String> subject, ProblemCode code) {
        String address = caller.address();
        int port = address.lastIndexOf(':');
        boolean isTcp = caller.transport() != Caller.Transport.UNIX && port > 0;
        String who = caller.name() + " " + (isTcp ? address.substring(0, port) : address);
        if (refusals.failed(who) == 0) {
            write(caller, verb, subject, AuditEntry.Outcome.DENIED, Optional.of(code), Optional.empty());
        }
    }

    /** A request that changes something was answered. */
    void answered(Exchange exchange, String verb, Exchange.Given given) {
        AuditEntry.Outcome outcome = given.problem().isPresent()
                ? DENIALS.contains(given.problem().get()) ? AuditEntry.Outcome.DENIED : AuditEntry.Outcome.FAILED
                : ofStatus(given.status());
        write(exchange.caller(), verb, exchange.subject(), outcome, given.problem(), given.operation());
    }

    /** A refusal that is given again comes without its code. */
    private static AuditEntry.Outcome ofStatus(int status) {
        if (status >= 400) {
            return AuditEntry.Outcome.FAILED;
        }
        return status == 202 ? AuditEntry.Outcome.ACCEPTED : AuditEntry.Outcome.DONE;
    }

    /** An operation has ended that nobody waited for. */
    void ended(Caller caller, String verb, String partition, Optional<ProblemCode> problem, String operation) {
        write(
                caller,
                verb,
                Optional.of(partition),
                problem.isPresent() ? AuditEntry.Outcome.FAILED : AuditEntry.Outcome.DONE,
                problem,
                Optional.of(operation));
    }

    /** Something was begun or refused on a stream. */
    void onStream(Caller caller, String verb, String partition, Optional<ProblemCode> problem) {
        ended(caller, verb, partition, problem, "");
    }

    private void write(
            Caller caller,
            String verb,
            Optional<String> subject,
            AuditEntry.Outcome outcome,
            Optional<ProblemCode> problem,
            Optional<String> operation) {
        trail.append(new AuditEntry(
                0,
                0,
                caller.name(),
                caller.transport(),
                caller.address(),
                verb,
                subject.map(Auditing::harmless),
                outcome,
                problem.map(RecordCodec::constantName),
                operation.filter(id -> !id.isEmpty())));
    }

    /** What a path holds is the caller's choice: no more of it than a name can be long. */
    private static String harmless(String text) {
        return text.length() > 64 ? text.substring(0, 64) : text;
    }
}
