package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import java.util.Optional;

/** Writes down who did what with a console. Never holds what was typed. */
@FunctionalInterface
public interface ConsoleAudit {
    /**
     * Adds an entry.
     *
     * @param verb what was done, like {@code console-attach}, with its reason where one was given
     * @param problem why it was not, if so
     */
    void note(Caller caller, String verb, PartitionName partition, Optional<ProblemCode> problem);
}
