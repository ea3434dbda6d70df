package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Defines the partitions, without what this host cannot enforce: the manager's refusal says what and why. */
final class Defining {
    private final ApiClient api;
    private final Map<PartitionName, PartitionSpec> defined = new LinkedHashMap<>();
    private final Map<Part, String> refused = new EnumMap<>(Part.class);

    Defining(ApiClient api) {
        this.api = api;
    }

    /** Says beforehand that something cannot be had here. */
    void rule(Part part, String why) {
        refused.put(part, why);
    }

    /** Defines one, with as much of it as can be had. */
    void define(PartitionSpec wanted) {
        PartitionSpec spec = wanted;
        for (Part part : refused.keySet()) {
            spec = part.isIn(spec) ? part.outOf(spec) : spec;
        }
        Optional<Refusal> refusal = attempt(spec);
        while (refusal.isPresent()) {
            spec = lesser(spec, refusal.get());
            refusal = attempt(spec);
        }
    }

    /** Without the first part whose absence is enough, or without the first that is there. */
    private PartitionSpec lesser(PartitionSpec spec, Refusal refusal) {
        List<Part> present = new ArrayList<>();
        for (Part part : Part.values()) {
            if (part.isIn(spec)) {
                present.add(part);
            }
        }
        if (present.isEmpty()) {
            throw refusal;
        }
        for (Part part : present) {
            if (attempt(part.outOf(spec)).isEmpty()) {
                refused.put(part, refusal.problem().detail());
                return part.outOf(spec);
            }
        }
        refused.put(present.get(0), refusal.problem().detail());
        return present.get(0).outOf(spec);
    }

    /** Tries; a refusal that is not about what the host can enforce ends the demonstration. */
    private Optional<Refusal> attempt(PartitionSpec spec) {
        try {
            replace(spec);
            return Optional.empty();
        } catch (Refusal e) {
            if (e.problem().code() != ProblemCode.NOT_ENFORCEABLE) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    /** Defines one exactly so. */
    void replace(PartitionSpec spec) {
        api.put("/v1/partitions/" + spec.name(), new Json.Obj(Map.of("definition", RecordCodec.encode(spec))));
        defined.put(spec.name(), spec);
    }

    List<PartitionName> names() {
        return List.copyOf(defined.keySet());
    }

    /** As it was taken by the manager. */
    PartitionSpec spec(PartitionName name) {
        return Optional.ofNullable(defined.get(name)).orElseThrow();
    }

    /** Why the partitions do without, where they do. */
    Optional<String> refusal(Part part) {
        return Optional.ofNullable(refused.get(part));
    }
}
