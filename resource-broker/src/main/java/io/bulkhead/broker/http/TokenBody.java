package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.Token;
import java.util.Optional;

/**
 * The body of {@code POST /v1/tokens}.
 *
 * @param role of who shows the token
 * @param note what it is for
 * @param expiresInSeconds for how long it is good; absent for ever
 */
public record TokenBody(Role role, Optional<String> note, Optional<Long> expiresInSeconds) {
    public TokenBody {
        if (note.filter(text -> text.length() > Token.MAX_NOTE_CHARACTERS
                        || text.chars().anyMatch(Character::isISOControl))
                .isPresent()) {
            throw new IllegalArgumentException(
                    "a note has at most " + Token.MAX_NOTE_CHARACTERS + " characters and no control characters");
        }
    }
}
