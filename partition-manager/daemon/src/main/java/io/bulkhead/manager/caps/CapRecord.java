package io.bulkhead.manager.caps;

import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.manager.record.BootRecord;
import java.util.List;

/**
 * What is to be put back, as it stands on record.
 *
 * @param bootId under which kernel
 * @param caps by group
 */
public record CapRecord(String bootId, List<Cap> caps) implements BootRecord.OfBoot {
    public CapRecord {
        caps = List.copyOf(caps);
    }

    /**
     * One group's limit.
     *
     * @param group its name
     * @param wanted by the host
     * @param written by us
     */
    public record Cap(String group, Limit<ByteSize> wanted, Limit<ByteSize> written) {
        /** After a look that found this limit: whoever wrote it meant what is to hold without us. */
        Cap seen(Limit<ByteSize> now) {
            return now.equals(written) ? this : new Cap(group, now, now);
        }

        Cap withWritten(Limit<ByteSize> now) {
            return new Cap(group, wanted, now);
        }

        boolean untouched() {
            return wanted.equals(written);
        }
    }
}
