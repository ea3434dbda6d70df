package io.bulkhead.console.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardeningChecksTest {
    private final Settings settings = SettingsLoader.defaults(Map.of());

    @TempDir
    private Path root;

    @BeforeEach
    void build() throws IOException {
        file("proc/self/ns/user", "");
        file("proc/sys/user/max_user_namespaces", "1000");
        file("proc/sys/kernel/seccomp/actions_avail", "errno allow");
        file("usr/lib64/libseccomp.so.2", "");
        file("proc/sys/fs/file-max", "9223372036854775807");
        file("proc/meminfo", "MemTotal:       1048576 kB\nMemFree: 1 kB\n");
    }

    @Test
    void findsNothingWrongOnAGoodHost() {
        assertThat(new HardeningChecks(new HostFiles(root), settings).all())
                .allMatch(finding -> finding.verdict() == Finding.Verdict.GOOD);
    }

    @Test
    void tellsTheSettingThatRestrictsUserNamespaces() throws IOException {
        file("proc/sys/kernel/unprivileged_userns_clone", "0");
        assertThat(finding("user namespaces").remedy()).contains("sysctl kernel.unprivileged_userns_clone=1");

        file("proc/sys/kernel/unprivileged_userns_clone", "1");
        file("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1");
        assertThat(finding("user namespaces").verdict()).isEqualTo(Finding.Verdict.WEAK);
    }

    @Test
    void missesTheLibraryAndTheKernelsFilters() throws IOException {
        Files.delete(root.resolve("usr/lib64/libseccomp.so.2"));
        assertThat(finding("filters of system calls").remedy()).contains("apt-get install libseccomp2");

        file("proc/sys/kernel/seccomp/actions_avail", "");
        assertThat(finding("filters of system calls").found()).isEqualTo("the kernel has none");
    }

    @Test
    void findsEntriesOfOthersAmongTheIdsOfPartitions() throws IOException {
        long first = settings.uidBase();
        file("etc/subuid", "joe:100000:65536\nann:" + (first + 5) + ":10\n");
        file("etc/subgid", settings.controlPlaneUser() + ":" + first + ":65536\n");

        assertThat(finding("ids of partitions").found()).endsWith("/etc/subuid: ann:" + (first + 5) + ":10");
    }

    @Test
    void findsAHostWhoseOpenFilesRunOutBeforeItsMemory() throws IOException {
        file("proc/sys/fs/file-max", "104857");

        assertThat(finding("open files").remedy()).contains("sysctl fs.file-max=5592405, as systemd does");
    }

    private Finding finding(String what) {
        return new HardeningChecks(new HostFiles(root), settings)
                .all().stream()
                        .filter(each -> each.what().equals(what))
                        .findFirst()
                        .orElseThrow();
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
