package io.bulkhead.console.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostFilesTest {
    private final HostFiles host = new HostFiles(Path.of("/"));

    @Test
    void readsANumberOfTheKernelToItsEnd() {
        // The kernel never allows fewer than 301 process ids, so one digit would be a number that was cut.
        assertThat(host.number("/proc/sys/kernel/pid_max").orElseThrow()).isGreaterThan(300);
    }

    @Test
    void isEmptyWhereThereIsNoFileOrNoNumber() {
        assertThat(host.number("/proc/sys/kernel/no-such-setting")).isEmpty();
        assertThat(host.number("/proc/sys/kernel/osrelease")).isEmpty();
    }
}
