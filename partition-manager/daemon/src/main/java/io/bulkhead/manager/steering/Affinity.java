package io.bulkhead.manager.steering;

import io.bulkhead.contract.hardware.CpuSet;

/**
 * One file's CPUs: what the host wants, and what stands there instead because of slices. Pure.
 *
 * <p>What was taken away is given back CPU by CPU. So when somebody else has written, the CPUs taken are added to what
 * they wrote: another instance of Bulkhead taking or giving back its own CPUs loses nothing, and irqbalance is followed.
 *
 * @param key which file: an interrupt's number, or the file's name
 * @param name of the interrupt's handlers, since numbers are used again; empty for the other files
 * @param wanted by the host
 * @param written by us, as the kernel has taken it
 */
public record Affinity(String key, String name, CpuSet wanted, CpuSet written) {
    /** As it is found, untouched. */
    static Affinity found(String key, String name, CpuSet cpus) {
        return new Affinity(key, name, cpus, cpus);
    }

    /** Whether the host wanted none but taken CPUs, so that it was sent somewhere that it did not want. */
    private boolean displaced() {
        return !wanted.intersects(written);
    }

    /** What it is after a look at the kernel that found these CPUs. */
    Affinity seen(CpuSet current) {
        if (current.equals(written)) {
            return this;
        }
        if (displaced()) {
            // The place of refuge was never wanted; what somebody has added to it is.
            return new Affinity(key, name, wanted.union(current.minus(written)), current);
        }
        return new Affinity(key, name, current.union(wanted.minus(written)), current);
    }

    /**
     * Where it is to be while these slices are held: never nowhere, and always somewhere that is online, or the kernel
     * would refuse.
     *
     * @param refuge the host's own CPUs, for what wanted none but taken ones
     */
    CpuSet goal(CpuSet slices, CpuSet online, CpuSet refuge) {
        CpuSet rest = wanted.minus(slices);
        if (rest.intersects(online) || !wanted.intersects(slices)) {
            return rest;
        }
        CpuSet host = refuge.intersection(online).minus(slices);
        CpuSet elsewhere = host.isEmpty() ? online.minus(slices) : host;
        return elsewhere.isEmpty() ? written : elsewhere;
    }

    Affinity withWritten(CpuSet cpus) {
        return new Affinity(key, name, wanted, cpus);
    }

    /** Whether nothing is taken from it. */
    boolean untouched() {
        return wanted.equals(written);
    }
}
