package io.bulkhead.manager.steering;

import io.bulkhead.manager.record.BootRecord;
import java.util.List;

/**
 * What is to be given back, as it stands on record.
 *
 * @param bootId under which kernel
 * @param taken from which files
 */
public record SteeringRecord(String bootId, List<Affinity> taken) implements BootRecord.OfBoot {
    public SteeringRecord {
        taken = List.copyOf(taken);
    }
}
