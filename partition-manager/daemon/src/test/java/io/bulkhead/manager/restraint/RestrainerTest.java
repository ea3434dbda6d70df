package io.bulkhead.manager.restraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Hardening.KernelObjects;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.sys.FilterCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestrainerTest {
    private static final Init SHELL = new Init.Shell();
    private static final Init SYSTEMD = new Init.Systemd(List.of());
    private static final ByteSize MEMORY = ByteSize.ofMebibytes(4096);

    @TempDir
    Path proc;

    private final FakeCompiler compiler = new FakeCompiler();

    @BeforeEach
    void lay() throws IOException {
        Path limits = Files.createDirectories(proc.resolve("sys/user"));
        for (String name : List.of("inotify_instances", "inotify_watches", "user_namespaces", "net_namespaces")) {
            Files.createFile(limits.resolve("max_" + name));
        }
    }

    @Test
    void makesAFilterOncePerProfile() {
        Restrainer restrainer = restrainer(compiler);

        restrainer.of(SHELL, MEMORY, Hardening.DEFAULT);
        restrainer.of(SHELL, ByteSize.ofMebibytes(64), Hardening.DEFAULT);
        restrainer.of(SYSTEMD, MEMORY, Hardening.DEFAULT);
        restrainer.of(SHELL, MEMORY, denying("mount"));

        assertThat(compiler.compiled).isEqualTo(3);
    }

    @Test
    void leavesSystemdEveryCapabilityAndOthersThoseThatAreOfUse() {
        Restrainer restrainer = restrainer(compiler);

        assertThat(restrainer.of(SYSTEMD, MEMORY, Hardening.DEFAULT).dropped()).isEmpty();
        assertThat(restrainer.of(SHELL, MEMORY, Hardening.DEFAULT).dropped())
                .contains(Capability.SYS_MODULE, Capability.SYS_TIME, Capability.SYS_RESOURCE)
                .doesNotContain(Capability.SYS_ADMIN, Capability.SYS_BOOT, Capability.NET_ADMIN, Capability.SETUID);
    }

    @Test
    void dropsWhatADefinitionNamesToo() {
        Hardening wishes = new Hardening(List.of(), List.of(), List.of("net_raw"), Optional.empty());

        assertThat(restrainer(compiler).of(SYSTEMD, MEMORY, wishes).dropped()).containsExactly(Capability.NET_RAW);
    }

    @Test
    void limitsByTheSizeOfTheSliceAndByTheDefinition() {
        Restrainer restrainer = restrainer(compiler);

        assertThat(restrainer.of(SHELL, MEMORY, Hardening.DEFAULT).kernelObjects())
                .containsEntry("max_inotify_instances", 128L)
                .containsEntry("max_inotify_watches", 33_554L)
                .containsEntry("max_user_namespaces", 0L)
                .hasSize(4);
        assertThat(restrainer
                        .of(
                                SYSTEMD,
                                MEMORY,
                                new Hardening(
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        Optional.of(
                                                new KernelObjects(Optional.of(7L), Optional.empty(), Optional.of(0L)))))
                        .kernelObjects())
                .containsEntry("max_inotify_instances", 7L)
                // Its own one is one of them.
                .containsEntry("max_net_namespaces", 1L);
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        Hardening wishes = new Hardening(
                List.of("execve", "nothing"), List.of("nowhere"), List.of("net_everything"), Optional.empty());

        assertThatThrownBy(() -> restrainer(compiler).of(SHELL, MEMORY, wishes))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("nothing runs without the system call execve")
                .hasMessageContaining("'nothing' is no system call")
                .hasMessageContaining("'nowhere' is no system call")
                .hasMessageContaining("'net_everything' is no capability");
    }

    @Test
    void refusesWithARemedyWhereNothingMakesFilters() {
        FilterCompiler none = new FilterCompiler() {
            @Override
            public Compiled compile(List<Rule> rules) {
                throw new UnsupportedOperationException("no library");
            }

            @Override
            public boolean knows(String name) {
                return true;
            }
        };

        assertThatThrownBy(() -> restrainer(none).of(SHELL, MEMORY, Hardening.DEFAULT))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.problem().code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
                    assertThat(refusal.problem().remedy().orElseThrow()).contains("apt-get install libseccomp2");
                });
    }

    private static Hardening denying(String... calls) {
        return new Hardening(List.of(calls), List.of(), List.of(), Optional.empty());
    }

    private Restrainer restrainer(FilterCompiler with) {
        return new Restrainer(with, proc);
    }
}
