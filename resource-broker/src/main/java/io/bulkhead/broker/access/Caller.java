package io.bulkhead.broker.access;

import java.util.Optional;

/**
 * Who sent a request.
 *
 * @param name a local user's name or number, {@code token ID}, {@code ssh NAME}, or {@code anonymous}
 * @param role what it may do; none for a stranger
 * @param transport how it came
 * @param address from where: the group that a local user came with, or address and port
 */
public record Caller(String name, Optional<Role> role, Transport transport, String address) {
    private static final String TOKEN = "token ";

    /** The way that a request took. */
    public enum Transport {
        /** The Unix socket, whose peer the kernel names. */
        UNIX,
        /** TCP on loopback. */
        TCP,
        /** TCP with TLS. */
        TLS,
        /** The console service's SSH server. */
        SSH
    }

    /** Somebody on the network who has shown no token. */
    public static Caller anonymous(Transport transport, String address) {
        return new Caller("anonymous", Optional.empty(), transport, address);
    }

    /** Who shows a token. */
    public static Caller bearer(Token token, Transport transport, String address) {
        return new Caller(TOKEN + token.id(), Optional.of(token.role()), transport, address);
    }

    /** The id of the token that it showed, if it did; names of users have no spaces. */
    public Optional<String> tokenId() {
        return name.startsWith(TOKEN) ? Optional.of(name.substring(TOKEN.length())) : Optional.empty();
    }

    public boolean mayDo(Role needed) {
        return role.filter(has -> has.covers(needed)).isPresent();
    }
}
