package io.bulkhead.broker.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The roles of local users: root and the control plane's own user are admins; others have the highest role that one of
 * their groups has.
 */
public final class UnixRoles {
    private final Set<UserPrincipal> always;
    private final RoleGroups groups;
    private final UnixGroups known;

    /**
     * Which groups have which role, by name.
     *
     * @param admins of {@link Role#ADMIN}
     * @param operators of {@link Role#OPERATOR}
     * @param viewers of {@link Role#VIEWER}
     */
    public record RoleGroups(Set<String> admins, Set<String> operators, Set<String> viewers) {
        public RoleGroups {
            admins = Set.copyOf(admins);
            operators = Set.copyOf(operators);
            viewers = Set.copyOf(viewers);
        }
    }

    UnixRoles(Set<UserPrincipal> always, RoleGroups groups, UnixGroups known) {
        this.always = Set.copyOf(always);
        this.groups = groups;
        this.known = known;
    }

    /**
     * The roles as seen from this process.
     *
     * @param own a file of this process, which tells its user and group
     * @param admins the groups of admins; where absent, the control plane's own group
     * @param operators the groups of operators
     * @param viewers the groups of viewers
     */
    public static UnixRoles of(Path own, Optional<Set<String>> admins, Set<String> operators, Set<String> viewers)
            throws IOException {
        PosixFileAttributes self = Files.readAttributes(own, PosixFileAttributes.class);
        Set<UserPrincipal> always = new HashSet<>(Set.of(self.owner()));
        always.add(own.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root"));
        return new UnixRoles(
                always,
                new RoleGroups(admins.orElseGet(() -> Set.of(self.group().getName())), operators, viewers),
                new UnixGroups(Path.of("/etc/group")));
    }

    /**
     * The role of a peer.
     *
     * @param user as the kernel names it
     * @param group the name of the group that it came with
     */
    public Optional<Role> of(UserPrincipal user, String group) {
        if (always.contains(user)) {
            return Optional.of(Role.ADMIN);
        }
        Set<String> all = new HashSet<>(known.of(user.getName()));
        all.add(group);
        if (meet(all, groups.admins())) {
            return Optional.of(Role.ADMIN);
        } else if (meet(all, groups.operators())) {
            return Optional.of(Role.OPERATOR);
        }
        return meet(all, groups.viewers()) ? Optional.of(Role.VIEWER) : Optional.empty();
    }

    private static boolean meet(Set<String> some, Set<String> others) {
        return some.stream().anyMatch(others::contains);
    }
}
