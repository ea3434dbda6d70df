package io.bulkhead.manager.network;

import io.bulkhead.contract.unit.WireSparse;
import io.bulkhead.manager.record.BootRecord;
import java.util.List;

/**
 * Who is on the bridge: the rules of a partition that runs have to stay when the manager comes anew, before it has
 * looked at each.
 *
 * @param bootId of the kernel that has the rules
 * @param ports as they were applied last
 */
public record NetworkRecord(String bootId, @WireSparse List<Port> ports) implements BootRecord.OfBoot {
    public NetworkRecord {
        ports = List.copyOf(ports);
    }
}
