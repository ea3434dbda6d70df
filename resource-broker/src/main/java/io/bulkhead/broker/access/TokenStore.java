package io.bulkhead.broker.access;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens for TCP, in one file of mode 0600 that is replaced as a whole.
 *
 * <p>A secret is 256 random bits, so one round of SHA-256 is all that its hash needs: there is nothing to guess. Only the
 * hash is kept. A file that is not understood is never overwritten: no token is accepted, and making or revoking one is
 * refused, until somebody has looked at it.
 */
public final class TokenStore {
    /** How many tokens there can be. */
    public static final int MOST = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);
    private static final String PREFIX = "bht_";
    private static final int SECRET_BYTES = 32;
    private static final int VERSION = 1;
    private static final byte[] NOBODY = new byte[32];

    private final Path file;
    private final LongSupplier clockMillis;
    private final SecureRandom random = new SecureRandom();
    private List<TokenBook.Kept> kept = List.of();
    private Optional<Refusal> damage = Optional.empty();

    /**
     * A token just made.
     *
     * @param token what is known of it from now on
     * @param secret to be told once
     */
    public record Made(Token token, String secret) {
        @Override
        public String toString() {
            return "Made[" + token + "]";
        }
    }

    private TokenStore(Path file, LongSupplier clockMillis) {
        this.file = file;
        this.clockMillis = clockMillis;
    }

    /**
     * Reads the tokens.
     *
     * @param file need not be there; its directory is made with it
     * @param clockMillis milliseconds since 1970 UTC
     */
    public static TokenStore open(Path file, LongSupplier clockMillis) {
        TokenStore store = new TokenStore(file, clockMillis);
        store.read();
        return store;
    }

    private void read() {
        try {
            TokenBook book = RecordCodec.decode(TokenBook.class, JsonReader.read(Files.readAllBytes(file)));
            if (book.version() != VERSION) {
                throw new WireException("it is of version " + book.version() + ", known is " + VERSION);
            }
            kept = List.copyOf(book.tokens());
        } catch (NoSuchFileException e) {
            kept = List.of();
        } catch (IOException | WireException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("The tokens cannot be read; none is accepted");
            damage = Optional.of(new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            "the tokens in " + file + " cannot be read: " + e.getMessage(),
                            "move that file away and start the control plane again; then make new tokens"),
                    e));
        }
    }

    /** Why no token is accepted, if that is so. */
    public synchronized Optional<Problem> damage() {
        return damage.map(Refusal::problem);
    }

    /** Every token, expired ones too, in the order of making; a {@link Refusal} where the file is damaged. */
    public synchronized List<Token> list() {
        damage.ifPresent(TokenStore::refuse);
        return kept.stream().map(TokenBook.Kept::token).toList();
    }

    /**
     * Makes a token.
     *
     * @param role of who shows it
     * @param note what it is for
     * @param createdBy who makes it
     * @param lifeMillis how long it is good; absent for ever
     */
    public synchronized Made create(Role role, String note, String createdBy, Optional<Long> lifeMillis) {
        damage.ifPresent(TokenStore::refuse);
        long now = clockMillis.getAsLong();
        List<TokenBook.Kept> all = new ArrayList<>(kept);
        if (all.size() >= MOST) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "there are " + MOST + " tokens already",
                    "revoke some; 'bulkhead token list' shows them");
        }
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String id = freshId(all);
        String secret =
                PREFIX + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Token token = new Token(id, role, note, createdBy, now, lifeMillis.map(life -> Math.addExact(now, life)));
        all.add(new TokenBook.Kept(token, HexFormat.of().formatHex(hash(secret))));
        write(all);
        return new Made(token, secret);
    }

    /** Forgets a token; {@link Refusal} with NOT_FOUND where there is none of that id. */
    public synchronized void revoke(String id) {
        damage.ifPresent(TokenStore::refuse);
        List<TokenBook.Kept> others =
                kept.stream().filter(each -> !each.token().id().equals(id)).toList();
        if (others.size() == kept.size()) {
            throw Refusal.of(
                    ProblemCode.NOT_FOUND, "there is no token '" + id + "'", "'bulkhead token list' shows them");
        }
        write(others);
    }

    /** The token of a secret, unless it has expired; takes as long for a wrong secret as for a right one. */
    public synchronized Optional<Token> find(String secret) {
        byte[] shown = hash(secret);
        Optional<TokenBook.Kept> named = kept.stream()
                .filter(each -> secret.startsWith(PREFIX + each.token().id() + "_"))
                .findFirst();
        boolean right = MessageDigest.isEqual(
                shown, named.map(each -> HexFormat.of().parseHex(each.sha256())).orElse(NOBODY));
        return named.filter(each -> right)
                .map(TokenBook.Kept::token)
                .filter(token -> !token.isExpired(clockMillis.getAsLong()));
    }

    /** Whether there is a token of that id that has not expired. */
    public synchronized boolean isGood(String id) {
        long now = clockMillis.getAsLong();
        return kept.stream()
                .map(TokenBook.Kept::token)
                .anyMatch(token -> token.id().equals(id) && !token.isExpired(now));
    }

    private static void refuse(Refusal refusal) {
        throw new Refusal(refusal.problem(), refusal);
    }

    private String freshId(List<TokenBook.Kept> all) {
        while (true) {
            String id = Long.toString(random.nextLong(1L << 40), 36);
            if (all.stream().noneMatch(each -> each.token().id().equals(id))) {
                return id;
            }
        }
    }

    private void write(List<TokenBook.Kept> all) {
        try {
            PrivateFile.replace(
                    file,
                    RecordCodec.encode(new TokenBook(VERSION, all)).toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            "the tokens cannot be written to " + file + ": " + e.getMessage(),
                            "see that there is room, and that the control plane's user owns its directory"),
                    e);
        }
        kept = List.copyOf(all);
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
