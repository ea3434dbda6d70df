package io.bulkhead.broker.definition;

import java.util.regex.Pattern;

/** Hashes of passwords in the form of crypt(5), as they stand in /etc/shadow. */
public final class PasswordHash {
    private static final String DIGITS = "[./0-9A-Za-z]";
    private static final Pattern FORM = Pattern.compile("\\$6\\$(rounds=[0-9]{4,9}\\$)?" + DIGITS + "{1,16}\\$" + DIGITS
            + "{86}" + "|\\$5\\$(rounds=[0-9]{4,9}\\$)?" + DIGITS + "{1,16}\\$" + DIGITS + "{43}" + "|\\$(y|gy)\\$"
            + DIGITS
            + "+\\$" + DIGITS + "{1,86}\\$" + DIGITS + "{43}" + "|\\$2[aby]\\$[0-9]{2}\\$" + DIGITS + "{53}");

    private PasswordHash() {}

    /**
     * Gives the text back if it is a hash by SHA-512, SHA-256, yescrypt or bcrypt.
     *
     * @throws IllegalArgumentException with a text for the user that does not repeat what may be a password
     */
    public static String check(String text) {
        if (text.length() > 384 || !FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "is not a complete hash of crypt(5), and a password itself is never kept;"
                            + " make the hash with: openssl passwd -6");
        }
        return text;
    }
}
