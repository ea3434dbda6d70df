package io.bulkhead.manager.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.manager.mount.KernelFiles.Entry;
import io.bulkhead.manager.mount.KernelFiles.Treatment;
import org.junit.jupiter.api.Test;

class KernelFilesTest {
    @Test
    void hasAReasonForEachPathAndEachPathOnce() {
        assertThat(KernelFiles.all()).allMatch(entry -> !entry.reason().isBlank());
        assertThat(KernelFiles.all()).extracting(Entry::path).doesNotHaveDuplicates();
        assertThat(KernelFiles.all()).allMatch(entry -> entry.path().matches("/(proc|sys)/[a-z0-9/._-]+"));
    }

    @Test
    void locksWhereTheHostCouldBeChangedAndHidesWhatTellsOfIt() {
        assertThat(KernelFiles.with(Treatment.LOCKED)).contains("/proc/sys", "/proc/sysrq-trigger");
        assertThat(KernelFiles.with(Treatment.EMPTY_FILE)).contains("/proc/kcore", "/proc/keys", "/proc/kallsyms");
        assertThat(KernelFiles.with(Treatment.EMPTY_DIRECTORY)).contains("/sys/firmware", "/sys/kernel/debug");
    }
}
