package io.bulkhead.console.cli;

import io.bulkhead.console.apply.Desk;
import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.util.Map;
import java.util.Optional;

/** The API as the desk that files are applied at. */
record ApiDesk(ApiClient api) implements Desk {
    @Override
    public PartitionStatus define(PartitionSpec definition, Optional<String> rootPasswordHash) {
        Json.Obj body = DefineVerb.body(definition);
        return Partitions.decode(api.put(
                Partitions.path(definition.name()),
                rootPasswordHash
                        .map(hash -> body.with("rootPasswordHash", Json.of(hash)))
                        .orElse(body)));
    }

    @Override
    public PartitionStatus release(PartitionName name) {
        return Partitions.decode(api.post(Partitions.path(name, "release"), new Json.Obj(Map.of())));
    }

    @Override
    public void delete(PartitionName name) {
        api.delete(Partitions.path(name));
    }
}
