package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartUpTest {
    @TempDir
    Path directory;

    @Test
    void readsTheCommandLine() throws Exception {
        CommandLine line = CommandLine.parse(
                new String[] {"--config", "/etc/x.conf", "--override", "host.cpus=0-1", "--override", "a.b=c=d"});

        assertThat(line.config()).contains(Path.of("/etc/x.conf"));
        assertThat(line.overrides()).isEqualTo(Map.of("host.cpus", "0-1", "a.b", "c=d"));
        assertThat(CommandLine.parse(new String[0]).config()).isEqualTo(Optional.empty());
    }

    @Test
    void refusesACommandLineItDoesNotUnderstand() {
        assertUsage("'--help' is not known", "--help");
        assertUsage("--config lacks its value", "--config");
        assertUsage("'hostcpus' is not of the form", "--override", "hostcpus");
    }

    private static void assertUsage(String message, String... arguments) {
        assertThatThrownBy(() -> CommandLine.parse(arguments))
                .isInstanceOf(CommandLine.UsageException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("usage:");
    }

    @Test
    void findsTheGroupOfTheControlPlanesUser() throws Exception {
        Path passwd = directory.resolve("passwd");
        Files.writeString(passwd, "root:x:0:0::/root:/bin/sh\nbulkhead:x:991:992::/:/bin/false\n");

        assertThat(ControlPlaneGroup.of(passwd, "bulkhead")).hasValue(992);
        assertThat(ControlPlaneGroup.of(passwd, "991")).hasValue(992);
        assertThat(ControlPlaneGroup.of(passwd, "root")).isEmpty();
        assertThat(ControlPlaneGroup.of(passwd, "nobody-here")).isEmpty();
    }

    @Test
    void aStateDirectoryHasOneManager() throws Exception {
        Path file = directory.resolve("manager.lock");
        try (InstanceLock first = InstanceLock.take(file)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> InstanceLock.take(file))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("another manager is running");
        }
        InstanceLock.take(file).close();
    }
}
