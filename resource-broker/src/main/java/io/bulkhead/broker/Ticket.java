package io.bulkhead.broker;

import java.util.Optional;
import java.util.UUID;

/**
 * On whose behalf something is changed.
 *
 * @param actor who asked, for the ledger
 * @param key of the request, to be found again in the ledger; absent where it has none
 */
public record Ticket(String actor, Optional<String> key) {
    /** Somebody who may open the control plane's socket. */
    public static final Ticket LOCAL = new Ticket("local", Optional.empty());

    /** A key for one commit: a request that has to be tried again needs several. */
    String commitKey() {
        return key.map(request -> request + "/").orElse("") + UUID.randomUUID();
    }
}
