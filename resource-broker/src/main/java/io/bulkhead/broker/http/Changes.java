package io.bulkhead.broker.http;

import io.bulkhead.broker.operation.RecordedAnswers;
import io.bulkhead.broker.operation.RecordedAnswers.Found;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Runs requests that change something: writes the audit trail, and gives a repeated {@code Idempotency-Key} the answer that
 * it was given before. An answer is kept unless it is one that a repetition may well improve: those of a server in trouble,
 * and refusals of access.
 */
final class Changes {
    private static final int SERVER_ERROR = 500;
    private static final Set<Integer> PASSING = Set.of(401, 403, 421, 429);

    private final RecordedAnswers answers;
    private final Auditing auditing;

    Changes(RecordedAnswers answers, Auditing auditing) {
        this.answers = answers;
        this.auditing = auditing;
    }

    void run(Route route, Exchange exchange) {
        exchange.onAnswered(given -> auditing.answered(exchange, route.verb(), given));
        exchange.knowsParameters(route.parameters());
        Optional<String> key = exchange.header(Route.IDEMPOTENCY_KEY).map(text -> key(exchange, text));
        Found found =
                key.map(each -> answers.begin(each, fingerprint(exchange))).orElseGet(Found.Fresh::new);
        if (found instanceof Found.Answered answered) {
            // In the trail it is another line with the same operation: somebody asked again.
            exchange.repeat(answered.answer());
        } else if (found instanceof Found.Running) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the request with this Idempotency-Key is being carried out",
                    "repeat it a little later: it will get the same answer");
        } else if (found instanceof Found.OtherRequest) {
            throw Refusal.of(
                    ProblemCode.KEY_REUSED,
                    "this Idempotency-Key was used for another request",
                    "make a new key for each thing that is wanted");
        } else {
            key.ifPresent(each -> exchange.onAnswered(given -> keep(each, given)));
            route.action().run(exchange);
        }
    }

    private void keep(String key, Exchange.Given given) {
        if (given.status() >= SERVER_ERROR || PASSING.contains(given.status())) {
            answers.forget(key);
        } else {
            answers.finish(key, new RecordedAnswers.Answer(given.status(), given.headers(), given.body()));
        }
    }

    /** A key is its sender's: what others chose neither hits nor tells anything. */
    private static String key(Exchange exchange, String text) {
        if (!text.matches("[\\x21-\\x7E]{1,128}")) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "an Idempotency-Key has 1 to 128 visible ASCII characters",
                    "a UUID is a good one");
        }
        return exchange.caller().name() + " " + text;
    }

    private static String fingerprint(Exchange exchange) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String head = exchange.request().method() + " " + exchange.request().uri() + "\n"
                    + exchange.header("If-Match").orElse("") + "\n"
                    + exchange.header("If-None-Match").orElse("") + "\n";
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(exchange.body().getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
