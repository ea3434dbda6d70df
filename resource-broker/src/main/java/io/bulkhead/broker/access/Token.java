package io.bulkhead.broker.access;

import java.util.Optional;

/**
 * What is known of a token; not its secret, which nobody keeps.
 *
 * @param id names it
 * @param role what who shows it may do
 * @param note what it is for, in its maker's words; may be empty
 * @param createdBy who made it
 * @param createdAtMillis milliseconds since 1970 UTC
 * @param expiresAtMillis from when on it is refused; absent for never
 */
public record Token(
        String id, Role role, String note, String createdBy, long createdAtMillis, Optional<Long> expiresAtMillis) {
    /** The longest note. */
    public static final int MAX_NOTE_CHARACTERS = 100;

    public Token {
        if (!id.matches("[a-z0-9]{1,16}")) {
            throw new IllegalArgumentException("'" + id + "' is not the id of a token");
        }
        if (note.length() > MAX_NOTE_CHARACTERS || note.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a note has at most " + MAX_NOTE_CHARACTERS + " characters and no control characters");
        }
    }

    /** Whether it is refused by now. */
    public boolean isExpired(long nowMillis) {
        return expiresAtMillis.filter(end -> end <= nowMillis).isPresent();
    }
}
