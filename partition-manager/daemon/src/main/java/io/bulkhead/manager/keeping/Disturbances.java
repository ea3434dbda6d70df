package io.bulkhead.manager.keeping;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What others have changed of how the host is kept, gathered until it is told; the same change once. Any thread. */
public final class Disturbances implements Consumer<String> {
    private final Set<String> untold = new LinkedHashSet<>();

    @Override
    public synchronized void accept(String change) {
        untold.add(change);
    }

    synchronized List<String> take() {
        List<String> taken = List.copyOf(untold);
        untold.clear();
        return taken;
    }
}
