package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserNamespaceHindranceTest {
    @TempDir
    Path proc;

    @ParameterizedTest
    @CsvSource({
        "user/max_user_namespaces, 0, user.max_user_namespaces=10000",
        "kernel/unprivileged_userns_clone, 0, kernel.unprivileged_userns_clone=1",
        "kernel/apparmor_restrict_unprivileged_userns, 1, kernel.apparmor_restrict_unprivileged_userns=0"
    })
    void namesTheSettingAndTheCommandThatLiftsIt(String file, String value, String remedy) throws IOException {
        Path setting = proc.resolve("sys").resolve(file);
        Files.createDirectories(setting.getParent());
        Files.writeString(setting, value + "\n");

        Problem problem = new UserNamespaceHindrance(proc)
                .refusal("the donor ended early")
                .problem();

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
        assertThat(problem.detail()).contains(file.replace('/', '.') + " is " + value, "the donor ended early");
        assertThat(problem.remedy().orElseThrow()).startsWith("sysctl " + remedy);
    }

    @Test
    void blamesNoSettingThatAllowsThem() throws IOException {
        Path setting = proc.resolve("sys/user/max_user_namespaces");
        Files.createDirectories(setting.getParent());
        Files.writeString(setting, "96364\n");

        Problem problem = new UserNamespaceHindrance(proc)
                .refusal("the donor ended early")
                .problem();

        assertThat(problem.detail()).doesNotContain("max_user_namespaces").contains("the donor ended early");
        assertThat(problem.remedy().orElseThrow()).contains("CONFIG_USER_NS");
    }
}
