package io.bulkhead.console.serial;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.contract.partition.PartitionName;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Who may do what with which console: by role for all of them, and by grants to single people for some.
 *
 * <p>For any thread.
 *
 * @param roles the role that each right takes on every console
 * @param grants beside those
 * @param more beside those, asked each time: they may change meanwhile; called on any thread
 */
public record ConsoleRights(Map<ConsoleRight, Role> roles, List<Grant> grants, Supplier<List<Grant>> more) {
    /** Rights that do not change. */
    public ConsoleRights(Map<ConsoleRight, Role> roles, List<Grant> grants) {
        this(roles, grants, List::of);
    }

    /**
     * A right that somebody has by name. It holds with any role, so that a viewer can be given the typing on one console;
     * who has a right has those before it too.
     *
     * @param who the caller's name: a local user, or {@code token ID}
     * @param right up to which
     * @param partitions a name, or its beginning and {@code *}
     */
    public record Grant(String who, ConsoleRight right, String partitions) {
        boolean covers(Caller caller, ConsoleRight wanted, PartitionName name) {
            return caller.name().equals(who)
                    && wanted.compareTo(right) <= 0
                    && (partitions.endsWith("*")
                            ? name.value().startsWith(partitions.substring(0, partitions.length() - 1))
                            : name.value().equals(partitions));
        }
    }

    public ConsoleRights {
        roles = Map.copyOf(roles);
        grants = List.copyOf(grants);
    }

    /** Viewers read, operators write and take over. */
    public static ConsoleRights byRole() {
        Map<ConsoleRight, Role> roles = new EnumMap<>(ConsoleRight.class);
        roles.put(ConsoleRight.READ, Role.VIEWER);
        roles.put(ConsoleRight.WRITE, Role.OPERATOR);
        roles.put(ConsoleRight.TAKE_OVER, Role.OPERATOR);
        return new ConsoleRights(roles, List.of());
    }

    /** Whether somebody has a right on a console. */
    public boolean allow(Caller caller, ConsoleRight right, PartitionName name) {
        return caller.mayDo(roles.getOrDefault(right, Role.ADMIN))
                || grants.stream().anyMatch(grant -> grant.covers(caller, right, name))
                || more.get().stream().anyMatch(grant -> grant.covers(caller, right, name));
    }
}
