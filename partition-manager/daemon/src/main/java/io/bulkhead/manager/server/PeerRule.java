package io.bulkhead.manager.server;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.Set;
import jdk.net.UnixDomainPrincipal;

/**
 * Who may give orders: root, and the user that the control plane runs as. Judged by the kernel's word, SO_PEERCRED of
 * unix(7), not by the file's mode alone.
 */
public final class PeerRule {
    private final Set<UserPrincipal> allowed;

    private PeerRule(Set<UserPrincipal> allowed) {
        this.allowed = allowed;
    }

    /**
     * Root and one user more.
     *
     * @param controlPlaneUser by name or number
     * @throws IOException if there is no such user
     */
    public static PeerRule rootAnd(String controlPlaneUser) throws IOException {
        UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
        UserPrincipal root = users.lookupPrincipalByName("0");
        UserPrincipal controlPlane = users.lookupPrincipalByName(controlPlaneUser);
        return new PeerRule(controlPlane.equals(root) ? Set.of(root) : Set.of(root, controlPlane));
    }

    /** One user alone. */
    static PeerRule only(String user) throws IOException {
        return new PeerRule(
                Set.of(FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user)));
    }

    boolean allows(UnixDomainPrincipal peer) {
        return allowed.contains(peer.user());
    }
}
