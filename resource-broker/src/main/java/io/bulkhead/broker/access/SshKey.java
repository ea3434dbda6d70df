package io.bulkhead.broker.access;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A key that somebody may come with by SSH.
 *
 * @param id names it
 * @param name whose it is; all keys of one name have the same role and rights
 * @param role what who has it may do; absent for nothing but the rights
 * @param rights on single consoles, beside those of the role: {@code write@db}, {@code read@web*}
 * @param idleSeconds how long who comes with it may stay on a console without typing; 0 for however long, absent for what
 *     the settings say
 * @param longestSeconds how long at all; likewise
 * @param type its algorithm
 * @param fingerprint as ssh-keygen -l shows it
 * @param createdBy who made it known
 * @param createdAtMillis milliseconds since 1970 UTC
 */
public record SshKey(
        String id,
        String name,
        Optional<Role> role,
        List<String> rights,
        Optional<Long> idleSeconds,
        Optional<Long> longestSeconds,
        String type,
        String fingerprint,
        String createdBy,
        long createdAtMillis) {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern RIGHT = Pattern.compile("(read|write|take-over)@([a-z*][a-z0-9-]{0,62}\\*?)");

    public SshKey {
        rights = List.copyOf(rights);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not a name: a-z, 0-9, _ and -, at most 32");
        }
        for (String right : rights) {
            if (!RIGHT.matcher(right).matches()) {
                throw new IllegalArgumentException("'" + right + "' is not read, write or take-over @ a partition");
            }
        }
        if (role.isEmpty() && rights.isEmpty()) {
            throw new IllegalArgumentException("a key without a role needs a right, like read@db");
        }
    }

    /** How long who comes with it may stay. */
    public SshKeyTimes times() {
        return new SshKeyTimes(idleSeconds, longestSeconds);
    }

    /** Who comes with it. */
    public Caller caller(String address) {
        return new Caller("ssh " + name, role, Caller.Transport.SSH, address);
    }
}
