package io.bulkhead.console.cli;

import io.bulkhead.console.apply.Desk;
import io.bulkhead.console.apply.Known;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.util.Map;
import java.util.Optional;

/**
 * The API as the desk that files are applied at; shows what is going on meanwhile. Each change goes with the entity tag of
 * the partition on which it was decided ({@code If-Match}; RFC 9110, section 13), so that the control plane refuses it
 * where somebody else was faster.
 */
record ApiDesk(Bulkhead bulkhead) implements Desk {
    /** How often a change is tried anew because the partition, but not its definition, has changed in between. */
    private static final int ATTEMPTS = 5;

    @Override
    public PartitionStatus define(PartitionSpec definition, Optional<String> rootPasswordHash, Known known) {
        return put(definition, rootPasswordHash, known, "");
    }

    @Override
    public PartitionStatus defineUnbound(PartitionSpec definition, Optional<String> rootPasswordHash, Known known) {
        return put(definition, rootPasswordHash, known, DefineVerb.UNBOUND);
    }

    private PartitionStatus put(
            PartitionSpec definition, Optional<String> rootPasswordHash, Known known, String query) {
        PartitionName name = definition.name();
        Json.Obj body = DefineVerb.body(definition);
        Json all = rootPasswordHash
                .map(hash -> body.with("rootPasswordHash", Json.of(hash)))
                .orElse(body);
        return Partitions.decode(
                run(name, known, "PUT", Partitions.path(name) + query, Optional.of(all), name + ": define"));
    }

    @Override
    public PartitionStatus release(PartitionName name, Known known) {
        String path = Partitions.path(name, "release");
        Optional<Json> body = Optional.of(new Json.Obj(Map.of()));
        return Partitions.decode(run(name, known, "POST", path, body, name + ": release"));
    }

    @Override
    public void delete(PartitionName name, boolean wipe, Known known) {
        run(name, known, "DELETE", DeleteVerb.path(name, wipe), Optional.empty(), name + ": delete");
    }

    private Json run(PartitionName name, Known known, String method, String path, Optional<Json> body, String what) {
        for (int attempt = 1; ; attempt++) {
            Map<String, String> condition = condition(name, known);
            try {
                return new LongWork(bulkhead).run(method, path, body, condition, what);
            } catch (Refusal e) {
                // The tag stands for its state too, which may change by itself: look again whether it was that.
                if (e.problem().code() != ProblemCode.PRECONDITION_FAILED || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** The header by which the control plane sees whether the partition still is as it is now, which is as it was known. */
    private Map<String, String> condition(PartitionName name, Known known) {
        Optional<ApiClient.Tagged> now = find(name);
        known.require(
                name, now.map(ApiClient.Tagged::body).map(Partitions::decode).map(PartitionStatus::definition));
        return now.map(tagged -> Map.of("If-Match", tagged.tag())).orElse(Map.of("If-None-Match", "*"));
    }

    private Optional<ApiClient.Tagged> find(PartitionName name) {
        try {
            return Optional.of(bulkhead.api().tagged(Partitions.path(name)));
        } catch (Refusal e) {
            if (e.problem().code() == ProblemCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
