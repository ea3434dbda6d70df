package io.bulkhead.manager.network;

import io.bulkhead.manager.record.BootRecord;
import java.util.Optional;

/**
 * An interface of the host that a partition has, and how it was before.
 *
 * @param bootId of the kernel under which it was lent
 * @param device its name on the host
 * @param hardwareAddress as it was
 * @param mtu as it was
 * @param up whether it was up
 * @param index the kernel's number of it inside, where root may rename it but not renumber it; empty while it is on its way
 */
public record LentDevice(
        String bootId, String device, String hardwareAddress, int mtu, boolean up, Optional<Integer> index)
        implements BootRecord.OfBoot {
    LentDevice withIndex(int inside) {
        return new LentDevice(bootId, device, hardwareAddress, mtu, up, Optional.of(inside));
    }
}
