package io.bulkhead.manager.generation;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What makes the files of one partition its own: what a generation lacks on purpose.
 *
 * @param hostname one or more labels of letters, digits and inner dashes (RFC 1123), at most 64 characters (the kernel's
 *     limit, uname(2))
 * @param machineId 32 small hex digits, not all zero (machine-id(5)); never the host's
 * @param rootPasswordHash a crypt(5) hash (yescrypt, gost-yescrypt, scrypt, bcrypt, sha512 or sha256) to log in as root
 *     with, or nothing to leave root locked
 */
public record PartitionIdentity(String hostname, String machineId, Optional<String> rootPasswordHash) {

    private static final Pattern HOSTNAME = Pattern.compile(
            "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

    private static final Pattern MACHINE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");

    /** Hashes of crypt(5) that are not yet broken, each in its full length: half a hash would lock root out silently. */
    private static final Pattern CRYPT =
            Pattern.compile("\\$g?y\\$[./A-Za-z0-9]+\\$[./A-Za-z0-9]{1,86}\\$[./A-Za-z0-9]{43}"
                    + "|\\$7\\$[./A-Za-z0-9]{11,97}\\$[./A-Za-z0-9]{43}"
                    + "|\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}"
                    + "|\\$6\\$(rounds=[0-9]{4,9}\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{86}"
                    + "|\\$5\\$(rounds=[0-9]{4,9}\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{43}");

    /** Length limit of a host name in Linux, uname(2). */
    private static final int HOSTNAME_LIMIT = 64;

    /** Source of machine ids: 128 bits of it. */
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Checks every field, because each becomes a line of a file that a partition's root trusts.
     *
     * @throws IllegalArgumentException if a field has another shape than stated; it never quotes the hash
     */
    public PartitionIdentity {
        if (hostname.length() > HOSTNAME_LIMIT || !HOSTNAME.matcher(hostname).matches()) {
            throw new IllegalArgumentException(
                    "hostname \"" + hostname + "\": want RFC 1123 labels, at most 64 characters");
        }
        if (!MACHINE_ID.matcher(machineId).matches()) {
            throw new IllegalArgumentException(
                    "machine id \"" + machineId + "\": want 32 small hex digits, not all zero");
        }
        if (rootPasswordHash.isPresent()
                && !CRYPT.matcher(rootPasswordHash.get()).matches()) {
            throw new IllegalArgumentException(
                    "root password: want a crypt(5) hash such as mkpasswd prints ($y$, $2b$, $6$, $5$)");
        }
    }

    /** Identity of a partition that has a name and no past: random machine id, root locked. */
    public static PartitionIdentity fresh(String hostname) {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        // Like systemd's: a valid version 4 UUID (RFC 9562), so that programs may use it as one. Never all zero.
        id[6] = (byte) (id[6] & 0x0f | 0x40);
        id[8] = (byte) (id[8] & 0x3f | 0x80);
        return new PartitionIdentity(hostname, HexFormat.of().formatHex(id), Optional.empty());
    }

    /** The same identity with a password for root. */
    public PartitionIdentity withRootPassword(String cryptHash) {
        return new PartitionIdentity(hostname, machineId, Optional.of(cryptHash));
    }

    @Override
    public String toString() {
        return "PartitionIdentity[hostname=" + hostname + ", machineId=" + machineId + ", root="
                + (rootPasswordHash.isPresent() ? "password" : "locked") + "]";
    }
}
