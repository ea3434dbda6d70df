package io.bulkhead.console.cli;

import io.bulkhead.console.apply.Desk;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import java.util.Map;
import java.util.Optional;

/** The API as the desk that files are applied at; shows what is going on meanwhile. */
record ApiDesk(Bulkhead bulkhead) implements Desk {
    @Override
    public PartitionStatus define(PartitionSpec definition, Optional<String> rootPasswordHash) {
        Json.Obj body = DefineVerb.body(definition);
        return Partitions.decode(run(
                "PUT",
                Partitions.path(definition.name()),
                Optional.of(rootPasswordHash
                        .map(hash -> body.with("rootPasswordHash", Json.of(hash)))
                        .orElse(body)),
                definition.name() + ": define"));
    }

    @Override
    public PartitionStatus release(PartitionName name) {
        return Partitions.decode(
                run("POST", Partitions.path(name, "release"), Optional.of(new Json.Obj(Map.of())), name + ": release"));
    }

    @Override
    public void delete(PartitionName name, boolean wipe) {
        run("DELETE", DeleteVerb.path(name, wipe), Optional.empty(), name + ": delete");
    }

    private Json run(String method, String path, Optional<Json> body, String what) {
        return new LongWork(bulkhead).run(method, path, body, what);
    }
}
