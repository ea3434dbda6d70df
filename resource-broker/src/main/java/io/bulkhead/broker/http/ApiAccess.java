package io.bulkhead.broker.http;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Who may reach the API and where its own files are.
 *
 * @param directory for tokens and the audit trail; made when there is something to keep
 * @param admins groups whose members are admins; where absent, the control plane's own group
 * @param operators groups whose members are operators
 * @param viewers groups whose members are viewers
 * @param listen where on TCP, if at all
 */
public record ApiAccess(
        Path directory,
        Optional<Set<String>> admins,
        Set<String> operators,
        Set<String> viewers,
        Optional<Listen> listen) {
    /**
     * A place on TCP.
     *
     * @param host an address, or {@code localhost}
     * @param port 0 for any that is free
     * @param tls what to show; without it, only loopback is listened on
     */
    public record Listen(String host, int port, Optional<Tls> tls) {
        /** As it is written in the settings. */
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * Files in PEM.
     *
     * @param certificate the server's, with those that vouch for it behind
     * @param key its private key, PKCS #8
     */
    public record Tls(Path certificate, Path key) {}

    public ApiAccess {
        admins = admins.map(Set::copyOf);
        operators = Set.copyOf(operators);
        viewers = Set.copyOf(viewers);
    }

    /** The Unix socket for root, the control plane's user and its group, and nothing else. */
    public static ApiAccess local(Path directory) {
        return new ApiAccess(directory, Optional.empty(), Set.of(), Set.of(), Optional.empty());
    }

    /** Whether users outside the control plane's own group have a role, so that they must be able to open the socket. */
    boolean reachesOtherGroups() {
        return admins.isPresent() || !operators.isEmpty() || !viewers.isEmpty();
    }
}
