package io.bulkhead.console.serial.ssh;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.ProblemCode;
import java.util.Optional;

/** Writes down who came by SSH, who was refused, and what they asked. For any thread. Keys show as their fingerprints. */
@FunctionalInterface
public interface SshAudit {
    /**
     * Adds an entry.
     *
     * @param verb what was done, like {@code ssh-login}
     * @param subject with what: a key's id or fingerprint, a partition
     * @param problem why it was not done, if so
     */
    void note(Caller caller, String verb, Optional<String> subject, Optional<ProblemCode> problem);
}
