package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireSparse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The definition of a partition, as the administrator wrote it.
 *
 * @param name also the hostname
 * @param claim the hardware asked for
 * @param init what runs as process 1
 * @param autostart whether it starts with the manager
 * @param hostOpt whether the host's /opt is shown, read-only
 * @param stopTimeoutMillis how long an orderly stop may take before everything is killed, 100 ms to 1 hour
 * @param description free text, at most 200 characters on one line
 * @param startOrder its turn among those that start with the manager, 0 to 1000, lower ones first; empty for
 *     {@link #DEFAULT_START_ORDER}, which is never written
 * @param access who it may talk to; only with a share of the network on the bridge
 * @param shares directories of the host that it sees too, at most 32, none inside another of its places
 * @param hardening what is changed of the walls that every partition has
 */
public record PartitionSpec(
        PartitionName name,
        Claim claim,
        Init init,
        boolean autostart,
        boolean hostOpt,
        long stopTimeoutMillis,
        Optional<String> description,
        Optional<Integer> startOrder,
        Optional<NetworkAccess> access,
        @WireSparse List<Share> shares,
        Optional<Hardening> hardening) {
    /** The turn among those that start with the manager where the definition does not say. */
    public static final int DEFAULT_START_ORDER = 100;

    /** The highest turn there is. */
    public static final int LAST_START_ORDER = 1000;

    /** The most directories of the host that it sees. */
    public static final int MOST_SHARES = 32;

    /** The time for an orderly stop where the definition does not say. */
    public static final long DEFAULT_STOP_TIMEOUT_MILLIS = 10_000;

    /** The count of tasks where the definition does not say. */
    public static final int DEFAULT_TASKS = 512;

    /** One that starts, if it starts with the manager, in the usual turn. */
    public PartitionSpec(
            PartitionName name,
            Claim claim,
            Init init,
            boolean autostart,
            boolean hostOpt,
            long stopTimeoutMillis,
            Optional<String> description) {
        this(name, claim, init, autostart, hostOpt, stopTimeoutMillis, description, Optional.empty());
    }

    /** One with the usual walls, that shares nothing. */
    public PartitionSpec(
            PartitionName name,
            Claim claim,
            Init init,
            boolean autostart,
            boolean hostOpt,
            long stopTimeoutMillis,
            Optional<String> description,
            Optional<Integer> startOrder) {
        this(
                name,
                claim,
                init,
                autostart,
                hostOpt,
                stopTimeoutMillis,
                description,
                startOrder,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    public PartitionSpec {
        if (stopTimeoutMillis < 100 || stopTimeoutMillis > 3_600_000) {
            throw new IllegalArgumentException("the stop timeout must be 100 ms to 1 h: " + stopTimeoutMillis + " ms");
        }
        if (description.isPresent()
                && (description.get().length() > 200
                        || description.get().chars().anyMatch(Character::isISOControl))) {
            throw new IllegalArgumentException("a description is one line of at most 200 characters");
        }
        if (startOrder.isPresent() && (startOrder.get() < 0 || startOrder.get() > LAST_START_ORDER)) {
            throw new IllegalArgumentException(
                    "a start order must be 0 to " + LAST_START_ORDER + ": " + startOrder.get());
        }
        if (startOrder.isPresent() && !autostart) {
            throw new IllegalArgumentException("a start order belongs to a partition that starts with the manager");
        }
        startOrder = startOrder.filter(order -> order != DEFAULT_START_ORDER);
        access = access.filter(given -> !given.equals(NetworkAccess.ALONE));
        if (access.isPresent()
                && claim.network().map(network -> network.device().isPresent()).orElse(true)) {
            throw new IllegalArgumentException(
                    "an address, peers and published ports belong to a partition on the bridge: give it a network without a device");
        }
        if (access.isPresent() && access.get().peers().contains(name)) {
            throw new IllegalArgumentException("a partition is not its own peer: " + name);
        }
        shares = List.copyOf(shares);
        checkPlaces(shares, claim);
        hardening = hardening.filter(given -> !given.equals(Hardening.DEFAULT));
    }

    private static void checkPlaces(List<Share> shares, Claim claim) {
        if (shares.size() > MOST_SHARES) {
            throw new IllegalArgumentException("a partition has at most " + MOST_SHARES + " shares");
        }
        List<InsidePath> places = new ArrayList<>();
        claim.storage().ifPresent(storage -> storage.volumes().forEach(volume -> places.add(volume.at())));
        for (Share share : shares) {
            for (InsidePath other : places) {
                if (share.at().meets(other)) {
                    throw new IllegalArgumentException(
                            share.source() + " cannot be shown on " + share.at() + ": something is on " + other);
                }
            }
            places.add(share.at());
        }
    }

    /** The same with other walls, access and shares. */
    public PartitionSpec with(Optional<NetworkAccess> otherAccess, List<Share> otherShares, Optional<Hardening> other) {
        return new PartitionSpec(
                name,
                claim,
                init,
                autostart,
                hostOpt,
                stopTimeoutMillis,
                description,
                startOrder,
                otherAccess,
                otherShares,
                other);
    }

    /** Its turn among those that start with the manager, lower ones first. */
    public int startTurn() {
        return startOrder.orElse(DEFAULT_START_ORDER);
    }
}
