package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Fields.Writing;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.Volume;
import io.bulkhead.contract.unit.ByteSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a partition has of storage: its own volume, further ones, disks, and directories of the host. */
final class StorageReader {
    private static final InsidePath ANYWHERE = new InsidePath("/srv/any");

    private final Fields fields;
    private final boolean complete;
    private final Map<InsidePath, String> taken = new LinkedHashMap<>();

    /**
     * Prepares to read.
     *
     * @param fields of the partition
     * @param complete whether nothing else is to be merged with it
     */
    StorageReader(Fields fields, boolean complete) {
        this.fields = fields;
        this.complete = complete;
    }

    /** What it has on disks of its own; to be asked before {@link #shares}. */
    Optional<StorageSlice> storage() {
        Optional<ByteSize> own = Optional.empty();
        List<String> disks = List.of();
        Optional<Shape> shape = fields.shape("storage");
        if (shape.isPresent() && shape.get() instanceof Shape.Mapping) {
            Optional<Fields> block = fields.below("storage");
            own = block.flatMap(storage -> storage.value("size", Writing.EITHER, StorageReader::size));
            disks = block.map(storage -> storage.list("disks", StorageReader::disk, Function.identity()))
                    .orElse(List.of());
        } else {
            own = fields.value("storage", Writing.EITHER, StorageReader::size);
        }
        List<Volume> volumes = volumes();
        if (own.isEmpty() && volumes.isEmpty() && disks.isEmpty()) {
            return Optional.empty();
        }
        if (volumes.size() > StorageSlice.MOST) {
            tooMany("volumes", StorageSlice.MOST);
            return Optional.empty();
        }
        if (disks.size() > StorageSlice.MOST) {
            tooMany("storage", StorageSlice.MOST);
            return Optional.empty();
        }
        return Optional.of(new StorageSlice(own, volumes, disks));
    }

    private List<Volume> volumes() {
        List<Volume> volumes = new ArrayList<>();
        fields.named("volumes", DefinitionKey.NAME, PartitionName::parse).forEach((name, block) -> {
            Optional<ByteSize> size = block.value("size", Writing.EITHER, StorageReader::size);
            Optional<InsidePath> at = block.value("at", Writing.TEXT, InsidePath::parse);
            if (complete) {
                block.require("size");
                block.require("at");
            }
            boolean free = at.map(place -> isFree(
                            place,
                            "the volume '" + name + "'",
                            block,
                            "at",
                            block.shape("at").orElseThrow().place()))
                    .orElse(false);
            if (size.isPresent() && free) {
                volumes.add(new Volume(name, size.get(), at.orElseThrow()));
            }
        });
        return volumes;
    }

    /** The directories of the host that it sees too. */
    List<Share> shares() {
        List<Share> shares = new ArrayList<>();
        fields.named("shares", DefinitionKey.PLACE_NAME, InsidePath::parse).forEach((at, block) -> {
            Optional<String> from = block.value("from", Writing.TEXT, StorageReader::source);
            boolean write =
                    block.value("write", Writing.BARE, Values::truth).orElse(false);
            if (complete) {
                block.require("from");
            }
            boolean free = isFree(
                    at, from.orElse("a share"), fields, "shares", fields.placeOfKey("shares", at.value()));
            if (from.isPresent() && free) {
                shares.add(new Share(from.get(), at, write));
            }
        });
        if (shares.size() > PartitionSpec.MOST_SHARES) {
            tooMany("shares", PartitionSpec.MOST_SHARES);
            return List.of();
        }
        return shares;
    }

    private boolean isFree(InsidePath at, String what, Fields block, String key, Place place) {
        Optional<InsidePath> other =
                taken.keySet().stream().filter(at::meets).findFirst();
        if (complete && other.isPresent()) {
            block.fault(
                    key,
                    place,
                    what + " cannot be on " + at + ": " + taken.get(other.get()) + " is on " + other.get()
                            + ", and one place must not lie in the other");
            return false;
        }
        taken.put(at, what);
        return other.isEmpty();
    }

    private void tooMany(String key, int most) {
        fields.fault(key, fields.shape(key).orElseThrow().place(), "has more than " + most);
    }

    private static ByteSize size(String text) {
        return StorageSlice.of(ByteSize.parse(text)).own().orElseThrow();
    }

    private static String disk(String text) {
        return new StorageSlice(Optional.empty(), List.of(), List.of(text)).disks().get(0);
    }

    private static String source(String text) {
        return new Share(text, ANYWHERE, false).source();
    }
}
