package io.bulkhead.broker.inventory;

import java.nio.file.Path;

/** The machine does not describe itself in the way that is needed; the message names the file. */
public final class InventoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InventoryException(Path file, String what) {
        super(file + ": " + what);
    }

    InventoryException(Path file, String what, Throwable cause) {
        super(file + ": " + what, cause);
    }
}
