package io.bulkhead.broker.http;

import java.util.Optional;

/** Files for browsers beside the API, of another floor. They hold no secret: whoever reaches a door gets them. Any thread. */
@FunctionalInterface
public interface Pages {
    /** None at all. */
    Pages NONE = path -> Optional.empty();

    /** What stands at a path, which begins with {@code /}. */
    Optional<Page> find(String path);

    /**
     * A file.
     *
     * @param contentType its media type, with the character set of a text
     * @param bytes not to be changed
     * @param tag that changes with the bytes, without quotation marks
     */
    record Page(String contentType, byte[] bytes, String tag) {}
}
