package io.bulkhead.manager.sys;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A process of {@link InMemorySyscalls}: it runs nothing. It ends when it is signalled, when a test says so, or at the end
 * of its input before anything came from there (as {@code read _ || exit} does).
 */
public final class InMemoryProcess {
    final long pid;
    final SpawnRequest request;
    final Map<Integer, OpenFile> descriptors = new HashMap<>();
    final InMemorySyscalls.Place place;

    /** Its parent among the processes; null for a child of ours. */
    final @Nullable InMemoryProcess parent;

    Optional<ProcessEnd> end = Optional.empty();
    boolean reaped;

    InMemoryProcess(long pid, SpawnRequest request, InMemorySyscalls.Place place, @Nullable InMemoryProcess parent) {
        this.pid = pid;
        this.request = request;
        this.place = place;
        this.parent = parent;
    }

    public long pid() {
        return pid;
    }

    public SpawnRequest request() {
        return request;
    }

    @Override
    public String toString() {
        return "process " + pid + " " + request.arguments();
    }
}
