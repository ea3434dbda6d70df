package io.bulkhead.console.serial.web;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which pages may open a WebSocket: browsers let any page try, and say whose it is in {@code Origin}; RFC 6455, section 10.2.
 *
 * @param allowed beside this server's own
 */
public record Origins(Set<String> allowed) {
    public Origins {
        allowed = Set.copyOf(allowed);
    }

    /**
     * Whether a page may.
     *
     * @param origin as it was sent; none where no browser asks
     * @param host of the request, which the door has found to be this server
     * @param tls whether the request came by TLS
     */
    boolean allow(Optional<String> origin, String host, boolean tls) {
        String own = (tls ? "https://" : "http://") + host.toLowerCase(Locale.ROOT);
        return origin.map(text -> text.equals(own) || allowed.contains(text)).orElse(true);
    }
}
