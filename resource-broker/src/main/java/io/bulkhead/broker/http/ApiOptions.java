package io.bulkhead.broker.http;

import io.bulkhead.contract.partition.InstanceName;
import java.nio.file.Path;

/**
 * Where the API is served and what it bears.
 *
 * @param socket where it listens; its directory must be there
 * @param instance the name of this installation
 * @param version of the control plane's program
 * @param limits what one client may use up
 * @param access who may reach it
 */
public record ApiOptions(Path socket, InstanceName instance, String version, Limits limits, ApiAccess access) {
    /**
     * What one client may use up.
     *
     * @param bodyBytes the largest request body
     * @param headerBytes the largest head of a request, and its first line within
     * @param requestMillis how long a request's body, or a stream's first frame, may take to come
     * @param idleMillis how long a connection may be without a complete head of a request
     * @param pingMillis how often a silent stream of events gives a sign of life
     * @param connections how many local users' are served at once, and how many by TCP; a sixteenth of them beside
     *     those of local users without any role
     */
    public record Limits(
            int bodyBytes, int headerBytes, long requestMillis, long idleMillis, long pingMillis, int connections) {
        public static final Limits DEFAULT = new Limits(1 << 20, 16 << 10, 30_000, 60_000, 20_000, 256);
    }

    public ApiOptions(Path socket, InstanceName instance, String version) {
        this(socket, instance, version, Limits.DEFAULT, ApiAccess.local(socket.resolveSibling("control")));
    }

    public ApiOptions(Path socket, InstanceName instance, String version, ApiAccess access) {
        this(socket, instance, version, Limits.DEFAULT, access);
    }
}
