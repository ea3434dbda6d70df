package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireSparse;

/**
 * A directory of the host that a partition sees too, with its own ids in place of the host's.
 *
 * @param source absolute, on the host
 * @param at where the partition sees it
 * @param write whether it may change what is in it
 */
public record Share(
        String source, InsidePath at, @WireSparse boolean write) {
    public Share {
        if (!source.startsWith("/")
                || source.length() > 4095
                || source.chars().anyMatch(Character::isISOControl)
                || (source + "/").contains("/../")
                || (source + "/").contains("/./")
                || source.contains("//")
                || source.equals("/")
                || source.endsWith("/")) {
            throw new IllegalArgumentException(
                    "'" + source + "' cannot be shared; write an absolute path without . and .. like /srv/pictures");
        }
    }
}
