package io.bulkhead.manager.sys.jna;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.restraint.FilterProfile;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.FilterCompiler;
import io.bulkhead.manager.sys.FilterCompiler.Compiled;
import io.bulkhead.manager.sys.FilterCompiler.Rule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The library of this machine. */
class LibSeccompIT {
    private final FilterCompiler compiler = new LibSeccomp();

    @Test
    void knowsEveryCallOfTheListsButOne() {
        for (Init init : List.of(new Init.Shell(), new Init.Systemd(List.of()))) {
            Compiled compiled = compiler.compile(
                    FilterProfile.of(init, List.of(), List.of()).rules());

            // Some are known to newer versions only.
            assertThat(compiled.unknown()).hasSizeLessThanOrEqualTo(2);
            assertThat(compiled.program().length % Compiled.INSTRUCTION_BYTES).isZero();
        }
    }

    @Test
    void knowsTheCallsOfArm64Too() {
        long unknown = FilterProfile.of(new Init.Shell(), List.of(), List.of()).rules().stream()
                .filter(rule -> LibSeccomp.resolve(LibSeccomp.ARCH_AARCH64, rule.call()) == -1)
                .count();

        assertThat(unknown).isLessThanOrEqualTo(2);
        assertThat(LibSeccomp.resolve(LibSeccomp.ARCH_AARCH64, "bpf")).isEqualTo(280);
    }

    @Test
    void makesTheSameProgramAgain() {
        List<Rule> rules =
                FilterProfile.of(new Init.Shell(), List.of("mount"), List.of()).rules();

        assertThat(compiler.compile(rules)).isEqualTo(compiler.compile(rules));
    }

    @Test
    void leavesOutAndListsWhatNobodyKnows() {
        Compiled compiled = compiler.compile(List.of(new Rule("no_such_call", Errno.EPERM, Optional.empty())));

        assertThat(compiled.unknown()).containsExactly("no_such_call");
        assertThat(compiler.knows("no_such_call")).isFalse();
        assertThat(compiler.knows("vm86")).isTrue();
    }
}
