package io.bulkhead.manager.restraint;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.sys.FilterCompiler.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterProfileTest {
    private static final Init SHELL = new Init.Shell();
    private static final Init SYSTEMD = new Init.Systemd(List.of());

    @Test
    void letsSystemdDoWhatAnOperatingSystemDoes() {
        assertThat(calls(FilterProfile.of(SYSTEMD, List.of(), List.of())))
                .contains("bpf", "kexec_load", "init_module", "perf_event_open", "io_uring_setup", "syslog")
                .doesNotContain("pivot_root", "keyctl", "unshare", "clone", "clone3", "ptrace");
        assertThat(calls(FilterProfile.of(SHELL, List.of(), List.of())))
                .contains("pivot_root", "keyctl", "unshare", "clone", "clone3", "ptrace");
    }

    @Test
    void neverDeniesWhatABootOrARebootInsideTakes() {
        assertThat(calls(FilterProfile.of(SHELL, List.of(), List.of())))
                .doesNotContain("reboot", "mount", "setns", "chroot")
                .doesNotContainAnyElementsOf(FilterProfile.INDISPENSABLE);
    }

    @Test
    void takesAllowedCallsOffTheListAndAddsDeniedOnes() {
        FilterProfile profile = FilterProfile.of(SHELL, List.of("mount", "socket"), List.of("ptrace", "clone3"));

        assertThat(calls(profile)).contains("mount").doesNotContain("ptrace", "clone3");
        // Denied altogether, so that the rules for single kinds are gone.
        assertThat(profile.rules().stream().filter(rule -> rule.call().equals("socket")))
                .singleElement()
                .satisfies(rule -> assertThat(rule.when()).isEmpty());
    }

    @Test
    void looksAtTheHalfOfAnIntThatTheKernelLooksAt() {
        assertThat(FilterProfile.of(SYSTEMD, List.of(), List.of()).rules().stream()
                        .filter(rule -> rule.call().equals("socket"))
                        .map(rule -> rule.when().orElseThrow().mask()))
                .containsOnly(0xFFFF_FFFFL);
    }

    private static List<String> calls(FilterProfile profile) {
        return profile.rules().stream().map(Rule::call).distinct().toList();
    }
}
