package io.bulkhead.broker.access;

import java.util.List;

/**
 * The file of tokens.
 *
 * @param version of its form
 * @param tokens in the order of making
 */
public record TokenBook(int version, List<Kept> tokens) {
    /**
     * A token as it is kept.
     *
     * @param token what is known of it
     * @param sha256 of its secret, in hexadecimal digits
     */
    public record Kept(Token token, String sha256) {}

    public TokenBook {
        tokens = List.copyOf(tokens);
    }
}
