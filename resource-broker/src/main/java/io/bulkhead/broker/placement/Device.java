package io.bulkhead.broker.placement;

import java.util.Optional;

/**
 * A disk or network interface that a claim may want to be near.
 *
 * @param name as /sys names it: {@code nvme0n1}, {@code eth0}
 * @param node the NUMA node that it hangs on, where the machine tells
 */
public record Device(String name, Optional<Integer> node) {}
