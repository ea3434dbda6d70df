package io.bulkhead.console.checks;

import io.bulkhead.contract.partition.PartitionStatus;
import java.util.List;
import java.util.stream.Collectors;

/** How far partitions' files have fallen behind the host's programs, by what the manager says. Pure. */
public final class GenerationChecks {
    /** So many partitions are named. */
    private static final int NAMED = 5;

    private GenerationChecks() {}

    public static Finding of(List<PartitionStatus> partitions) {
        String what = "generations of partitions";
        List<PartitionStatus> behind = partitions.stream()
                .filter(each -> each.drift()
                        .map(drift -> drift.packagesMoved() > 0 || drift.newerGeneration())
                        .orElse(false))
                .toList();
        if (behind.isEmpty()) {
            return Finding.good(what, partitions.isEmpty() ? "there are none" : "as the host is");
        }
        String named = behind.stream()
                .limit(NAMED)
                .map(each -> each.name() + " ("
                        + each.drift().map(drift -> drift.packagesMoved()).orElse(0L) + " packages moved)")
                .collect(Collectors.joining(", "));
        return Finding.weak(
                what,
                "behind the host: " + named
                        + (behind.size() > NAMED ? " and " + (behind.size() - NAMED) + " more" : ""),
                "'bulkhead os diff NAME' tells what moved; 'bulkhead os capture', then 'bulkhead os rebase NAME'");
    }
}
