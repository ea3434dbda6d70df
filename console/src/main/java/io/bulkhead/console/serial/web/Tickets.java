package io.bulkhead.console.serial.web;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tickets that are good once, for a few seconds, for one caller and one console. Kept in memory alone; 256 random bits each.
 * Lives on one thread.
 */
public final class Tickets {
    /** How long one is good. */
    static final int SECONDS = 30;

    /** How many may be out at once. */
    static final int MOST = 1_024;

    /** How many of them one caller's. */
    static final int MOST_OF_ONE = 32;

    private static final int BYTES = 32;

    private final LongSupplier clockMillis;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Out> out = new LinkedHashMap<>();

    /**
     * What whoever asked is given.
     *
     * @param ticket characters that may stand in a header
     * @param seconds that it is good for
     */
    public record Ticket(String ticket, int seconds) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Ticket[" + seconds + " s]";
        }
    }

    private record Out(PartitionName console, Caller caller, long endMillis) {}

    /** @param clockMillis milliseconds, which never go back */
    public Tickets(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    /** Makes one; {@link Refusal} TOO_MANY_REQUESTS where too many are out. */
    Ticket issue(PartitionName console, Caller caller) {
        forgetOld();
        long own = out.values().stream()
                .filter(each -> each.caller().name().equals(caller.name()))
                .count();
        if (own >= MOST_OF_ONE || out.size() >= MOST) {
            throw Refusal.of(
                    ProblemCode.TOO_MANY_REQUESTS,
                    "too many tickets are out that nobody has used",
                    "wait " + SECONDS + " s");
        }
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        out.put(ticket, new Out(console, caller, clockMillis.getAsLong() + SECONDS * 1000L));
        return new Ticket(ticket, SECONDS);
    }

    /** Whose ticket it is, which is used up by this; none where it is unknown, too old, or for another console. */
    Optional<Caller> redeem(String ticket, PartitionName console) {
        forgetOld();
        return Optional.ofNullable(out.remove(ticket))
                .filter(each -> each.console().equals(console))
                .map(Out::caller);
    }

    private void forgetOld() {
        long now = clockMillis.getAsLong();
        out.values().removeIf(each -> each.endMillis() <= now);
    }
}
