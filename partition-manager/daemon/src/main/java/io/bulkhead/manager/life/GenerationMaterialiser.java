package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.generation.Generation;
import io.bulkhead.manager.generation.GenerationStore;
import io.bulkhead.manager.generation.PartitionIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes a partition's files from the host's as they are now. Safe for any thread; waits for the disk. */
public final class GenerationMaterialiser implements PartitionDirectories.Materialiser {
    private final GenerationStore store;
    private final Path hostRoot;
    private final Consumer<String> captured;

    /**
     * @param hostRoot where the host's etc and var are
     * @param captured told the name of a generation that was not there before
     */
    public GenerationMaterialiser(GenerationStore store, Path hostRoot, Consumer<String> captured) {
        this.store = store;
        this.hostRoot = hostRoot;
        this.captured = captured;
    }

    @Override
    public String materialise(Path target, PartitionName name, Optional<String> rootPasswordHash) throws IOException {
        GenerationStore.Captured now = store.captureNow(hostRoot);
        Generation generation = now.generation();
        if (now.isNew()) {
            captured.accept(generation.name());
        }
        PartitionIdentity fresh = PartitionIdentity.fresh(name.value());
        store.materialise(
                generation,
                target,
                rootPasswordHash.map(fresh::withRootPassword).orElse(fresh));
        return generation.name();
    }
}
