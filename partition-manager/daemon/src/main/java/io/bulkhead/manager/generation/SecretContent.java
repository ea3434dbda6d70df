package io.bulkhead.manager.generation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognises secrets and the host's identity by what a file says, whatever it is called.
 *
 * <p>The second wall behind {@link EtcTable}: it finds private keys, password hashes, credentials in addresses, and the
 * values by which this very host is known. It cannot find a plain password in a file of a program it does not know.
 * Pure; any thread.
 */
final class SecretContent {

    /** The needle is part of every match; looking for it first is ten times faster than the expression. */
    private record Sign(String needle, Pattern pattern, String reason) {

        boolean isIn(String text) {
            return text.contains(needle) && pattern.matcher(text).find();
        }
    }

    private static final List<Sign> SIGNS = List.of(
            // RFC 7468 and its relatives: PRIVATE KEY, RSA/EC/DSA/OPENSSH/ENCRYPTED PRIVATE KEY, PGP PRIVATE KEY BLOCK.
            sign("PRIVATE KEY", "BEGIN [A-Z0-9 ]*PRIVATE KEY", "holds a private key"),
            sign("PuTTY-User-Key-File-", "PuTTY-User-Key-File-", "holds a private key"),
            sign("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1", "holds a private key"),
            // The same block once more in base64, as in the files of Kubernetes clients.
            sign("client-key-data", "client-key-data\\s*[:=]", "holds a private key"),
            // crypt(5): yescrypt, gost-yescrypt, scrypt, sha512, sha256, md5, bcrypt, and Apache's md5.
            sign("$", "\\$(?:y|gy|7|6|5|1|apr1|2[abxy])\\$[./A-Za-z0-9=,$]{25,}", "holds a password hash"),
            sign("{", "\\{(?:SSHA|SHA|SMD5|CRYPT|PBKDF2)[0-9A-Z_-]*\\}[A-Za-z0-9+/=$.]{16,}", "holds a password hash"),
            sign("SCRAM-SHA-256$", "SCRAM-SHA-256\\$[0-9]+:", "holds a password hash"),
            sign("OpenVPN Static key", "BEGIN OpenVPN Static key", "holds a private key"),
            sign("PrivateKey", "PrivateKey\\s*=\\s*[A-Za-z0-9+/]{42,43}=", "holds a private key"),
            // As their issuers mark them, so that they can be found: GitHub, GitLab, Slack, AWS, Google, JSON web
            // tokens.
            sign("gh", "\\bgh[pousr]_[A-Za-z0-9]{36}", "holds a token"),
            sign("github_pat_", "github_pat_[A-Za-z0-9_]{22,}", "holds a token"),
            sign("glpat-", "glpat-[A-Za-z0-9_-]{20}", "holds a token"),
            sign("xox", "\\bxox[abprs]-[A-Za-z0-9-]{10,}", "holds a token"),
            sign("AKIA", "\\bAKIA[0-9A-Z]{16}\\b", "holds a token"),
            sign("AIza", "\\bAIza[0-9A-Za-z_-]{35}", "holds a token"),
            sign("eyJ", "\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}", "holds a token"),
            // NAME_PASSWORD=…, as in files of environments; a value that is a variable is none.
            sign(
                    "=",
                    "(?m)^\\s*(?:export\\s+|Environment=\"?)?[A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)[A-Z0-9_]*=[\"']?[^\\s\"'$]{8,}",
                    "holds a credential of an environment"),
            sign("_authToken", "_authToken\\s*=", "holds a token"),
            sign("://", "://[^\\s/@:'\"<>]*:[^\\s/@'\"<>]+@", "holds an address with a password"));

    private final Set<String> markers;

    /**
     * @param markers long, unique values that identify the host (its machine-id, public host keys, full name); a file that
     *     holds one is not given away
     */
    SecretContent(Set<String> markers) {
        this.markers = Set.copyOf(markers);
    }

    /** Why this content must not leave the host, or nothing if no sign was found. */
    Optional<String> find(byte[] content) {
        // One char per byte: every sign is ASCII, and no byte sequence is malformed.
        String text = new String(content, StandardCharsets.ISO_8859_1);
        for (String marker : markers) {
            if (text.contains(marker)) {
                return Optional.of("holds a value that identifies the host");
            }
        }
        return SIGNS.stream().filter(sign -> sign.isIn(text)).map(Sign::reason).findFirst();
    }

    private static Sign sign(String needle, String regex, String reason) {
        return new Sign(needle, Pattern.compile(regex), reason);
    }
}
