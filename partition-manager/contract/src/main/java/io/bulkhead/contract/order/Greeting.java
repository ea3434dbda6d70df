package io.bulkhead.contract.order;

import io.bulkhead.contract.partition.InstanceName;

/**
 * The first message on every connection, from the manager.
 *
 * @param protocol version of the protocol; a client that knows another one closes
 * @param instance whose manager this is
 * @param managerVersion of its program
 */
public record Greeting(int protocol, InstanceName instance, String managerVersion) {
    /** The version that this code speaks. */
    public static final int PROTOCOL = 1;
}
