package io.bulkhead.manager.life;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Files that change when a test says so. Every file that is asked after is there. */
final class FakeChanges implements ChangeWatch {
    private final Map<Path, Consumer<String>> watched = new TreeMap<>();
    private final Map<Path, Integer> generations = new HashMap<>();
    int opened;

    /** Changes a file that is watched. */
    void change(Path file, String text) {
        watched.get(file).accept(text);
    }

    /** Another file is at this place from now on. */
    void replace(Path file) {
        generations.merge(file, 1, Integer::sum);
    }

    Set<Path> open() {
        return new TreeSet<>(watched.keySet());
    }

    @Override
    public Optional<Object> identity(Path file) {
        return Optional.of(generations.getOrDefault(file, 0));
    }

    @Override
    public Optional<Watch> onChange(Path file, Consumer<String> changed) {
        if (watched.put(file, changed) != null) {
            throw new IllegalStateException(file + " is watched twice");
        }
        opened++;
        return Optional.of(new Watch() {
            @Override
            public String firstText() {
                return "";
            }

            @Override
            public void close() {
                if (!watched.remove(file, changed)) {
                    throw new IllegalStateException(file + " is closed twice");
                }
            }
        });
    }
}
