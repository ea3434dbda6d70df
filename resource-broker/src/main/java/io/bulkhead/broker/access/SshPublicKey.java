package io.bulkhead.broker.access;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Set;

/**
 * A public key as OpenSSH writes it, {@code TYPE BASE64 [COMMENT]}; RFC 4253, 6.6. Checked for its form; whether it is a key
 * that somebody has is shown by a signature. An {@link IllegalArgumentException} tells what is wrong with a text.
 *
 * @param type its algorithm
 * @param base64 its bytes, as the protocol has them
 */
public record SshPublicKey(String type, String base64) {
    /** What is taken: nothing with DSA, and RSA from 2048 bits on. */
    public static final Set<String> TYPES =
            Set.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa");

    private static final int LEAST_RSA_BITS = 2048;
    private static final int MOST_CHARACTERS = 8 << 10;

    public SshPublicKey {
        if (!TYPES.contains(type)) {
            throw new IllegalArgumentException("'" + type + "' is not a key of ed25519, ecdsa or rsa");
        }
        check(type, Base64.getDecoder().decode(base64));
    }

    /** Reads a line of a {@code .pub} file, without its comment. */
    public static SshPublicKey parse(String line) {
        String[] words = line.strip().split("[ \t]+", 3);
        if (line.length() > MOST_CHARACTERS
                || words.length < 2
                || line.strip().lines().count() != 1) {
            throw new IllegalArgumentException("this is no public key; it is one line like 'ssh-ed25519 AAAA...'");
        }
        return new SshPublicKey(words[0], words[1]);
    }

    private static void check(String type, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (!new String(field(in), StandardCharsets.US_ASCII).equals(type)) {
                throw new IllegalArgumentException("the key is not of the type that it says");
            }
            byte[] first = field(in);
            byte[] second = in.hasRemaining() ? field(in) : new byte[0];
            boolean whole =
                    switch (type) {
                        case "ssh-ed25519" -> first.length == 32 && second.length == 0;
                        case "ssh-rsa" -> new BigInteger(second).bitLength() >= LEAST_RSA_BITS;
                        default -> second.length > 0;
                    };
            if (!whole || in.hasRemaining()) {
                throw new IllegalArgumentException("the key is cut, or is RSA of less than 2048 bits");
            }
        } catch (BufferUnderflowException | NumberFormatException e) {
            throw new IllegalArgumentException("the key is cut", e);
        }
    }

    private static byte[] field(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] field = new byte[length];
        in.get(field);
        return field;
    }

    /** Its bytes. */
    public byte[] blob() {
        return Base64.getDecoder().decode(base64);
    }

    /** As ssh-keygen -l shows it: {@code SHA256:...}. */
    public String fingerprint() {
        try {
            return "SHA256:"
                    + Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(MessageDigest.getInstance("SHA-256").digest(blob()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The fingerprint: what is logged never holds the key. */
    @Override
    public String toString() {
        return type + " " + fingerprint();
    }
}
