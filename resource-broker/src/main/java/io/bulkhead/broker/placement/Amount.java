package io.bulkhead.broker.placement;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.IoRate;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.NetworkSlice;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import java.util.Optional;

/** What a machine has one sum of, which the shares of all partitions stay within where it is known. */
enum Amount {
    READ(IoRate.READ),
    WRITE(IoRate.WRITE),
    READ_OPERATIONS(IoRate.READ_OPERATIONS),
    WRITE_OPERATIONS(IoRate.WRITE_OPERATIONS),
    RECEIVED("receiving", "the network is stated to do"),
    SENT("sending", "the network is stated to do"),
    STORAGE("storage", "the file system of the volumes has");

    private final Optional<IoRate> rate;
    private final String title;
    private final String source;

    Amount(IoRate rate) {
        this.rate = Optional.of(rate);
        this.title = rate.title();
        this.source = "the disk is stated to do";
    }

    Amount(String title, String source) {
        this.rate = Optional.empty();
        this.title = title;
        this.source = source;
    }

    /** In a sentence. */
    String title() {
        return title;
    }

    /** How it is known what there is, as the beginning of a sentence. */
    String source() {
        return source;
    }

    /** Whether it is bounded by a rate of the network. */
    boolean isOfNetwork() {
        return this == RECEIVED || this == SENT;
    }

    /** Whether it is bounded by a rate of the disk. */
    boolean isOfDisk() {
        return rate.isPresent();
    }

    /** What a claim asks; 0 for nothing and for what is not bounded. */
    long of(Claim claim) {
        return of(claim.io(), claim.network(), claim.storage());
    }

    /** What a slice has; 0 for nothing and for what is not bounded. */
    long of(Slice slice) {
        return of(slice.io(), slice.network(), slice.storage());
    }

    private long of(IoSlice io, Optional<NetworkSlice> network, Optional<StorageSlice> storage) {
        return switch (this) {
            case READ, WRITE, READ_OPERATIONS, WRITE_OPERATIONS ->
                rate.orElseThrow().of(io);
            case RECEIVED ->
                network.map(share -> share.in().fold(BitRate::bitsPerSecond, 0L))
                        .orElse(0L);
            case SENT ->
                network.map(share -> share.out().fold(BitRate::bitsPerSecond, 0L))
                        .orElse(0L);
            case STORAGE ->
                storage.map(StorageSlice::bytes).map(ByteSize::bytes).orElse(0L);
        };
    }

    /** What there is, where that is known. */
    Optional<Long> of(Capacity capacity) {
        return switch (this) {
            case READ, WRITE, READ_OPERATIONS, WRITE_OPERATIONS ->
                rate.orElseThrow().of(capacity.io());
            case RECEIVED -> capacity.network().in().map(BitRate::bitsPerSecond);
            case SENT -> capacity.network().out().map(BitRate::bitsPerSecond);
            case STORAGE -> capacity.storage().map(ByteSize::bytes);
        };
    }

    /** An amount with its unit, 0 included. */
    String text(long amount) {
        return switch (this) {
            case READ, WRITE, READ_OPERATIONS, WRITE_OPERATIONS ->
                rate.orElseThrow().text(amount);
            case RECEIVED, SENT -> amount <= 0 ? "0bit/s" : new BitRate(amount).toString();
            case STORAGE -> new ByteSize(Math.max(0, amount)).toString();
        };
    }
}
