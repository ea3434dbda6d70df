package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.DefinitionWriter;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bulkhead export}. */
@Command(
        name = "export",
        description = {
            "Writes definitions of partitions as a file that 'apply' takes, which then changes nothing.",
            "Without names: of all partitions. With -o json the definitions as the API has them. Passwords are not known and not"
                    + " written, and what came from profiles is written out."
        })
final class ExportVerb extends Verb {
    @Parameters(arity = "0..*", paramLabel = "NAME", description = "which partitions")
    private List<String> names = new ArrayList<>();

    ExportVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Partitions partitions = new Partitions(api());
        List<PartitionSpec> specs = (names.isEmpty()
                        ? partitions.list()
                        : names.stream()
                                .map(PartitionName::parse)
                                .distinct()
                                .map(partitions::status)
                                .toList())
                .stream().map(PartitionStatus::definition).toList();
        if (bulkhead().wantsJson()) {
            bulkhead()
                    .printJson(new Json.Obj(Map.of(
                            "partitions",
                            new Json.Array(specs.stream()
                                    .map(spec -> (Json) RecordCodec.encode(spec))
                                    .toList()))));
        } else if (specs.isEmpty()) {
            bulkhead().remark("there are no partitions yet; 'bulkhead define' or 'bulkhead apply' makes one");
        } else {
            bulkhead().print(DefinitionWriter.write(specs));
        }
        return DONE;
    }
}
