package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import java.util.List;
import java.util.stream.Collectors;

/** Definitions that cannot be used; the message has every fault, one a line. */
public final class DefinitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    public DefinitionException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** All of them, in the order of the file. */
    public List<Fault> faults() {
        return faults;
    }
}
