package io.bulkhead.console.cli;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead delete}. */
@Command(name = "delete", description = "Removes partitions that do not run, with their files and their definitions.")
final class DeleteVerb extends Verb {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "which partitions")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    private boolean yes;

    @Option(
            names = "--wipe",
            description = "wipe their volumes too, for good; a partition that has some is not deleted otherwise")
    private boolean wipe;

    DeleteVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        List<PartitionName> chosen =
                names.stream().map(PartitionName::parse).distinct().toList();
        Partitions partitions = new Partitions(api());
        chosen.forEach(partitions::show);
        bulkhead().confirm("This removes " + enumerated(chosen) + " with all files"
                                + (wipe ? " and wipes all volumes for good" : ""),
                        yes);
        int code = DONE;
        for (PartitionName name : chosen) {
            try {
                new LongWork(bulkhead()).run("DELETE", path(name, wipe), Optional.empty(), name + ": delete");
                bulkhead().remark(name + ": deleted");
            } catch (Refusal e) {
                int failed = new Complaints(bulkhead()).about(e.problem());
                code = code == DONE ? failed : code;
            }
        }
        return code;
    }

    static String path(PartitionName name, boolean wipe) {
        return Partitions.path(name) + (wipe ? "?wipe=true" : "");
    }

    static String enumerated(List<PartitionName> names) {
        return names.stream().map(PartitionName::value).collect(Collectors.joining(", "));
    }
}
