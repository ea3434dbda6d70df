package io.bulkhead.manager.cgroup;

import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes one line of a certificate of what was read; what cannot be read is a promise that does not hold. */
@FunctionalInterface
public interface PromiseReading {
    /**
     * What was found.
     *
     * @param text the kernel's amount, in the form of the promise
     * @param faults what does not agree, each with both values and the path; empty when all does
     */
    record Found(String text, List<String> faults) {
        public Found {
            faults = List.copyOf(faults);
        }
    }

    /** Reads; what it throws becomes the fault. */
    Found read();

    /**
     * Makes the line.
     *
     * @param exception what the strength does not cover here, told while the promise holds
     */
    static Promise promise(
            Resource resource,
            String promised,
            Strength strength,
            Path evidence,
            Optional<String> exception,
            PromiseReading reading) {
        Found found;
        try {
            found = reading.read();
        } catch (CgroupException | IllegalArgumentException e) {
            String words = String.valueOf(e.getMessage());
            found = new Found(words, List.of(words));
        }
        boolean held = found.faults().isEmpty();
        Optional<String> reason = held ? exception : Optional.of(String.join("; ", found.faults()));
        return new Promise(resource, promised, found.text(), strength, held, evidence.toString(), reason);
    }
}
