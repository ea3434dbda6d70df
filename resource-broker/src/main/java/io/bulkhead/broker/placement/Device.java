package io.bulkhead.broker.placement;

import java.util.Optional;

/**
 * A disk or network interface that a claim may want to be near, or to have.
 *
 * @param kind which of the two
 * @param name as /sys names it: {@code nvme0n1}, {@code eth0}
 * @param node the NUMA node that it hangs on, where the machine tells
 * @param hindrance why no partition can have it whole, if none can
 */
public record Device(Kind kind, String name, Optional<Integer> node, Optional<String> hindrance) {
    /** What a device is. */
    public enum Kind {
        DISK("disk"),
        NETWORK_INTERFACE("network interface");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        /** In a sentence. */
        public String title() {
            return title;
        }
    }

    /** One that a partition could have. */
    public Device(Kind kind, String name, Optional<Integer> node) {
        this(kind, name, node, Optional.empty());
    }
}
