package io.bulkhead.manager.generation;

import java.io.IOException;

/** A generation could not be captured, is not what its name says, or could not become a partition's files. */
public final class GenerationException extends IOException {

    private static final long serialVersionUID = 1L;

    GenerationException(String message) {
        super(message);
    }

    GenerationException(String message, Throwable cause) {
        super(message, cause);
    }
}
