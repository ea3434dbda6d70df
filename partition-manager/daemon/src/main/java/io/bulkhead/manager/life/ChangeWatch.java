package io.bulkhead.manager.life;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Watches over files that the kernel gives notice of. Safe for any thread. */
public interface ChangeWatch {
    /**
     * What tells a file from one that is made later at the same place; empty if there is none. It is a value with
     * {@code equals}.
     */
    Optional<Object> identity(Path file);

    /**
     * Watches a file until it is gone or the watch is closed.
     *
     * @param changed told of the file's text soon after each change, at most some times a second, where nothing may wait
     * @return empty where the file is not there any more
     */
    Optional<Watch> onChange(Path file, Consumer<String> changed);

    /** Holds the file open. */
    interface Watch extends AutoCloseable {
        /** What it says, when the watch began. */
        String firstText();

        /** Nothing is told any more. */
        @Override
        void close();
    }
}
