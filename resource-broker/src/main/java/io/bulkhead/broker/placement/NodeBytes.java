package io.bulkhead.broker.placement;

import io.bulkhead.contract.unit.ByteSize;

/**
 * Memory of one NUMA node.
 *
 * @param node as the kernel numbers it
 * @param memory how much
 */
public record NodeBytes(int node, ByteSize memory) {
    @Override
    public String toString() {
        return memory + " of node " + node;
    }
}
