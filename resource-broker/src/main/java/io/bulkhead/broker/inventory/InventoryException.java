package io.bulkhead.broker.inventory;

import java.nio.file.Path;

/** The machine does not describe itself in the way that is needed; the message names the file, the remedy what to do. */
public final class InventoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String MOUNT = "mount sysfs on /sys and proc on /proc";
    private static final String READABLE = "let the user of the control plane read it";
    private static final String REPORT =
            "this kernel writes it in a form that is not known here: report it with the" + " content of the file";

    private final String remedy;

    private InventoryException(Path file, String what, String remedy) {
        super(file + ": " + what);
        this.remedy = remedy;
    }

    private InventoryException(Path file, String what, String remedy, Throwable cause) {
        super(file + ": " + what, cause);
        this.remedy = remedy;
    }

    /** A file that every kernel has is not there. */
    static InventoryException missing(Path file) {
        return new InventoryException(file, "is missing", MOUNT);
    }

    /** A file is there and cannot be read. */
    static InventoryException unreadable(Path file, Throwable cause) {
        return new InventoryException(file, "cannot be read: " + cause.getMessage(), READABLE, cause);
    }

    /** A file has something else in it than the kernel's documents say. */
    static InventoryException malformed(Path file, String what) {
        return new InventoryException(file, what, REPORT);
    }

    /** See {@link #malformed(Path, String)}. */
    static InventoryException malformed(Path file, String what, Throwable cause) {
        return new InventoryException(file, what, REPORT, cause);
    }

    /** What the administrator can do. */
    public String remedy() {
        return remedy;
    }
}
