package io.bulkhead.manager.rebase;

import java.util.Optional;

/**
 * One change in the skeleton of a partition's /var, which can be taken back.
 *
 * @param path raw bytes, one char each
 * @param before what is there; absent for nothing
 * @param after what is to be there
 */
public record VarStep(String path, Optional<Made> before, Optional<Made> after) {
    /**
     * A directory, a link or an empty file.
     *
     * @param kind which of them
     * @param target of a link, empty otherwise
     */
    public record Made(Entry.Kind kind, int mode, long uid, long gid, String target) {}

    VarStep reversed() {
        return new VarStep(path, after, before);
    }
}
