package io.bulkhead.console.daemons;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who the control plane runs as.
 *
 * @param uid user
 * @param gid its group
 */
record ControlPlaneUser(long uid, long gid) {
    private static final Path PASSWD = Path.of("/etc/passwd");

    /** The user in the settings; a number needs no entry in passwd(5). */
    static Optional<ControlPlaneUser> find(String user) throws IOException {
        return find(user, Files.readAllLines(PASSWD));
    }

    static Optional<ControlPlaneUser> find(String user, List<String> passwd) {
        boolean isNumber = user.matches("\\d+");
        for (String line : passwd) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 4 && fields[isNumber ? 2 : 0].equals(user)) {
                return Optional.of(new ControlPlaneUser(Long.parseLong(fields[2]), Long.parseLong(fields[3])));
            }
        }
        return isNumber
                ? Optional.of(new ControlPlaneUser(Long.parseLong(user), Long.parseLong(user)))
                : Optional.empty();
    }

    /** Whether a missing user may be made: only the one that the settings name when nobody chose another. */
    static boolean mayBeMade(String user) {
        return SettingsLoader.defaults(Map.of()).controlPlaneUser().equals(user);
    }

    /** Makes the system user; useradd(8). */
    static ControlPlaneUser make(String user, Path home) throws IOException, InterruptedException {
        Process useradd = new ProcessBuilder(
                        "useradd", "--system", "--home-dir", home.toString(), "--shell", "/usr/sbin/nologin", user)
                .redirectErrorStream(true)
                .start();
        String said = new String(useradd.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!useradd.waitFor(30, TimeUnit.SECONDS) || useradd.exitValue() != 0) {
            throw Refusal.of(
                    ProblemCode.FAILED,
                    "the user " + user + " could not be made: " + said,
                    "make it, or name another one by control-plane.user");
        }
        return find(user).orElseThrow(() -> Refusal.of(ProblemCode.FAILED, "useradd made no user " + user));
    }

    /** As the launcher takes it. */
    String asText() {
        return uid + ":" + gid;
    }
}
