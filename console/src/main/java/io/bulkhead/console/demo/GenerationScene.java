package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.partition.PartitionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a partition changes of its /etc is its own, and {@code bulkhead os diff} tells it. */
final class GenerationScene {
    private static final String NOTE = "etc/bulkhead-demo-note";

    private final ApiClient api;
    private final Inside inside;

    GenerationScene(ApiClient api, Inside inside) {
        this.api = api;
        this.inside = inside;
    }

    List<Line> lines(PartitionName name) throws IOException {
        PartitionDifferences before = differences(name);
        inside.run(name, List.of("sh", "-c", "echo mine >/" + NOTE));
        PartitionDifferences after = differences(name);
        boolean onHost = Files.exists(Path.of("/" + NOTE));
        return List.of(ownLine(name.value(), before, after, onHost), hostLine(name.value(), after));
    }

    private PartitionDifferences differences(PartitionName name) {
        return api.get("/v1/partitions/" + name + "/differences", PartitionDifferences.class);
    }

    /** Pure: exactly the file that it made has come, and not on the host. */
    static Line ownLine(String name, PartitionDifferences before, PartitionDifferences after, boolean onHost) {
        List<FileChange> came = after.own().changes().stream()
                .filter(change -> !before.own().changes().contains(change))
                .toList();
        boolean told = came.size() == 1
                && came.get(0).path().equals(NOTE)
                && came.get(0).kind() == FileChange.Kind.ADDED;
        return new Line(
                name + " writes to /etc",
                "told, its own",
                "host: " + (onHost ? "HAS IT TOO" : "has no such file"),
                "os diff: " + (told ? "+ /" + NOTE : "+ " + came.size() + " other changes"),
                told && !onHost);
    }

    /** Pure: what it builds on is what the host is now. */
    static Line hostLine(String name, PartitionDifferences after) {
        boolean newest = after.generation().equals(after.newest());
        return new Line(
                name + " builds on",
                "the host of now",
                "newest: " + after.newest(),
                after.generation() + "; since then the host changed "
                        + after.host().count() + " files, " + after.packages().count() + " packages",
                newest);
    }
}
