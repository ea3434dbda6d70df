package io.bulkhead.console.demo;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.NetworkAccess;
import io.bulkhead.contract.partition.PartitionSpec;
import java.util.List;
import java.util.Optional;

/** What of a definition a host may be unable to give, so that the demonstration goes on without. Pure. */
enum Part {
    PORTS,
    NETWORK,
    STORAGE;

    boolean isIn(PartitionSpec spec) {
        return switch (this) {
            case PORTS ->
                spec.access().filter(access -> !access.publish().isEmpty()).isPresent();
            case NETWORK -> spec.claim().network().isPresent();
            case STORAGE -> spec.claim().storage().isPresent();
        };
    }

    /** The same definition without it. */
    PartitionSpec outOf(PartitionSpec spec) {
        Claim claim = spec.claim();
        return switch (this) {
            case PORTS ->
                spec.with(
                        spec.access().map(access -> new NetworkAccess(access.address(), access.peers(), List.of())),
                        spec.shares(),
                        spec.hardening());
            case NETWORK ->
                with(
                        spec.with(Optional.empty(), spec.shares(), spec.hardening()),
                        new Claim(
                                claim.cpus(),
                                claim.memory(),
                                claim.tasks(),
                                claim.io(),
                                claim.oomGroup(),
                                claim.storage(),
                                Optional.empty()));
            case STORAGE ->
                with(
                        spec,
                        new Claim(
                                claim.cpus(),
                                claim.memory(),
                                claim.tasks(),
                                claim.io(),
                                claim.oomGroup(),
                                Optional.empty(),
                                claim.network()));
        };
    }

    /** The same definition with another claim. */
    static PartitionSpec with(PartitionSpec spec, Claim claim) {
        return new PartitionSpec(
                spec.name(),
                claim,
                spec.init(),
                spec.autostart(),
                spec.hostOpt(),
                spec.stopTimeoutMillis(),
                spec.description(),
                spec.startOrder(),
                spec.access(),
                spec.shares(),
                spec.hardening());
    }
}
