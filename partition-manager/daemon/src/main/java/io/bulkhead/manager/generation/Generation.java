package io.bulkhead.manager.generation;

import java.nio.file.Path;

/**
 * An immutable copy of what may leave the host's {@code /etc} and {@code /var}, named by its content.
 *
 * @param name {@code g-} and the first 12 hex digits of the SHA-256 of its sorted inventory
 * @param directory where it stands in its store; nobody but the store writes there
 */
public record Generation(String name, Path directory) {

    /** Name of the list of packages in it. */
    static final String PACKAGES = "packages";

    /** The tree that becomes a partition's {@code /etc}. */
    Path etc() {
        return directory.resolve("etc");
    }

    /** The tree that becomes a partition's {@code /var}. */
    Path var() {
        return directory.resolve("var");
    }

    /** The packages that the host had, one line each; missing where it had no dpkg. */
    Path packages() {
        return directory.resolve(PACKAGES);
    }

    /**
     * The inventory, and what of the host was left out and why: one line for each, made for people to review. It names
     * files of the host, so it stays in the store and no partition sees it.
     */
    public Path manifest() {
        return directory.resolve("manifest");
    }
}
