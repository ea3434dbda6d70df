package io.bulkhead.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The primary group of the control plane's user, by passwd(5). */
final class ControlPlaneGroup {
    private ControlPlaneGroup() {}

    /**
     * Looks a user up.
     *
     * @param user name or number
     * @return empty for root, who needs no group, and for a name that the file does not know; a number that it does not
     *     know is its own group, as the command line starts the control plane then
     */
    static OptionalLong of(Path passwd, String user) throws IOException {
        for (String line : Files.readAllLines(passwd, StandardCharsets.UTF_8)) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 4 && (fields[0].equals(user) || fields[2].equals(user))) {
                return fields[2].equals("0") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[3]));
            }
        }
        return user.matches("[1-9]\\d*") ? OptionalLong.of(Long.parseLong(user)) : OptionalLong.empty();
    }
}
