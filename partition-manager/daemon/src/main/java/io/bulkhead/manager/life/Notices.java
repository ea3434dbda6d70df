package io.bulkhead.manager.life;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's notices about one partition: holds its groups' files open, as many of them as there are now, and closes
 * them when their groups go. Under the partition's lock.
 */
final class Notices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    /**
     * Files of which only some lines matter, by how these begin. In {@code memory.events} it is the killing: {@code max}
     * rises whenever a partition that is full makes room by dropping page cache, which is its everyday life. In {@code
     * cgroup.events} it is the freezing: that a group is empty is heard from its processes.
     */
    private static final Map<String, String> LINES_THAT_MATTER =
            Map.of("memory.events", "oom_kill", "cgroup.events", "frozen");

    private final ChangeWatch changes;
    private final Runnable noticed;
    private final Map<Place, ChangeWatch.Watch> watches = new HashMap<>();

    /** What each file said last; written by the loop too. */
    private final Map<Path, String> texts = new ConcurrentHashMap<>();

    /** A file and which of those that may be at its place one after the other. */
    private record Place(Path path, Object identity) {}

    /**
     * @param noticed told when something has changed that matters, where nothing may wait
     */
    Notices(ChangeWatch changes, Runnable noticed) {
        this.changes = changes;
        this.noticed = noticed;
    }

    /** Watches these files and no others from now on. */
    void follow(List<Path> files) {
        Map<Path, Place> wanted = new HashMap<>();
        files.forEach(
                file -> changes.identity(file).ifPresent(identity -> wanted.put(file, new Place(file, identity))));
        watches.entrySet().removeIf(each -> {
            boolean obsolete = !each.getKey().equals(wanted.get(each.getKey().path()));
            if (obsolete) {
                each.getValue().close();
                texts.remove(each.getKey().path());
            }
            return obsolete;
        });
        for (Place place : wanted.values()) {
            if (!watches.containsKey(place)) {
                watch(place);
            }
        }
    }

    private void watch(Place place) {
        try {
            Optional<ChangeWatch.Watch> watch = changes.onChange(place.path(), text -> changed(place.path(), text));
            watch.ifPresent(open -> {
                watches.put(place, open);
                texts.putIfAbsent(place.path(), open.firstText());
            });
        } catch (RuntimeException e) {
            // The look each second sees the same, only later.
            LOG.atWarn().addKeyValue("path", place.path()).setCause(e).log("The kernel gives no notice of it");
        }
    }

    private void changed(Path path, String text) {
        String before = Optional.ofNullable(texts.put(path, text)).orElse("");
        if (matters(path).test(before, text)) {
            noticed.run();
        }
    }

    private static BiPredicate<String, String> matters(Path path) {
        String name = String.valueOf(path.getFileName());
        return Optional.ofNullable(LINES_THAT_MATTER.get(name))
                .<BiPredicate<String, String>>map(
                        word -> (before, now) -> !lines(before, word).equals(lines(now, word)))
                .orElse((before, now) -> !before.equals(now));
    }

    private static String lines(String text, String word) {
        return text.lines().filter(line -> line.startsWith(word)).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        follow(List.of());
    }
}
