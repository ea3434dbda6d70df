package io.bulkhead.manager.start;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.manager.sys.KernelText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Why a host makes no user namespace, asked once the attempt has failed: which of the settings that are known to forbid it
 * does so here, with the command that allows it. user_namespaces(7), Debian's kernel patch, AppArmor's documentation.
 */
final class UserNamespaceHindrance {
    private record Setting(String file, String forbidding, String what) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting("user/max_user_namespaces", "0", "it allows none at all"),
            new Setting("kernel/unprivileged_userns_clone", "0", "it allows them to the host's root only"),
            new Setting(
                    "kernel/apparmor_restrict_unprivileged_userns",
                    "1",
                    "AppArmor allows them to listed programs only"));

    private final Path sysctls;

    /** @param proc {@code /proc} but in tests */
    UserNamespaceHindrance(Path proc) {
        this.sysctls = proc.resolve("sys");
    }

    /** The refusal for an attempt that failed with these words. */
    Refusal refusal(String failure) {
        return found().map(setting -> Refusal.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "this host makes no user namespace, without which a partition's root would be the host's: "
                                + name(setting) + " is " + setting.forbidding() + ", " + setting.what() + " (" + failure
                                + ")",
                        remedy(setting)))
                .orElseGet(() -> Refusal.of(
                        ProblemCode.NOT_ENFORCEABLE,
                        "this host makes no user namespace, without which a partition's root would be the host's: "
                                + failure,
                        "see the kernel's log; is it built with CONFIG_USER_NS, does a security module forbid it?"));
    }

    private Optional<Setting> found() {
        return SETTINGS.stream()
                .filter(setting -> value(setting).equals(Optional.of(setting.forbidding())))
                .findFirst();
    }

    private Optional<String> value(Setting setting) {
        try {
            return Optional.of(KernelText.read(sysctls.resolve(setting.file())).strip());
        } catch (IOException e) {
            // Only some kernels have it.
            return Optional.empty();
        }
    }

    private static String name(Setting setting) {
        return setting.file().replace('/', '.');
    }

    private static String remedy(Setting setting) {
        String allowing =
                switch (setting.forbidding()) {
                    case "1" -> "0";
                    default -> setting.file().startsWith("user/") ? "10000" : "1";
                };
        String line = name(setting) + "=" + allowing;
        return "sysctl " + line + ", and for good: echo '" + line + "' > /etc/sysctl.d/60-bulkhead.conf";
    }
}
