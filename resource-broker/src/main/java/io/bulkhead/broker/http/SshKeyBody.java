package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Role;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/ssh-keys}.
 *
 * @param name whose key it is
 * @param role of that one; absent for nothing but the rights
 * @param rights on single consoles, like {@code write@db}
 * @param idleSeconds how long who comes with it may stay on a console without typing; 0 for however long, absent for what
 *     the settings say
 * @param longestSeconds how long at all; likewise
 * @param key as OpenSSH writes it
 */
public record SshKeyBody(
        String name,
        Optional<Role> role,
        Optional<List<String>> rights,
        Optional<Long> idleSeconds,
        Optional<Long> longestSeconds,
        String key) {}
