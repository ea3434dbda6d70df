package io.bulkhead.broker.access;

import java.util.List;

/**
 * The file of SSH keys.
 *
 * @param version of its form
 * @param keys in the order of adding
 */
public record SshKeyBook(int version, List<Kept> keys) {
    /**
     * A key as it is kept.
     *
     * @param known what is told of it
     * @param key itself
     */
    public record Kept(SshKey known, SshPublicKey key) {}

    public SshKeyBook {
        keys = List.copyOf(keys);
    }
}
