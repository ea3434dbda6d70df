package io.bulkhead.manager.intrusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.intrusion.Account.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The account of one CPU of this host against what the scheduler says of all its tasks there, which version 1 tells for
 * each CPU: so it holds however busy the host is.
 */
@Alone("it measures who uses a CPU")
@Timeout(60)
class IntrusionIT {
    private static final Duration WINDOW = Duration.ofSeconds(3);

    private final KernelClocks clocks = new KernelClocks(Path.of("/"));
    private final CpuSet cpu = highestOnline();
    private Path root = Path.of("/");
    private Path group = Path.of("/");

    private CpuSet highestOnline() {
        List<Integer> online = clocks.online().ids();
        return CpuSet.of(online.get(online.size() - 1));
    }

    @BeforeEach
    void makeAGroup() throws IOException {
        Optional<Hierarchy> cpuacct = CgroupHierarchies.read(Path.of("/")).of("cpuacct");
        assumeTrue(cpuacct.isPresent(), "cpuacct of cgroup v1 is not mounted: nobody else counts for each CPU");
        root = cpuacct.get().mount();
        group = Files.createTempDirectory(root, "bulkhead-test-intrusion-");
    }

    @AfterEach
    void removeIt() {
        if (!group.equals(Path.of("/"))) {
            // A process that was reaped may still be in its group for a moment.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .ignoreExceptions()
                    .until(() -> Files.deleteIfExists(group) || !Files.exists(group));
        }
    }

    private Reading look() {
        Sample sample = clocks.sample(cpu);
        return new Reading(sample, usageMicros(group), clocks.nanos());
    }

    private static long usageMicros(Path group) {
        return number(group.resolve("cpuacct.usage"), 0) / 1000;
    }

    /** What all tasks of the host have used on the CPU. */
    private long everybodyMicros() {
        return number(root.resolve("cpuacct.usage_percpu"), cpu.ids().get(0)) / 1000;
    }

    private static long number(Path file, int column) {
        try {
            return Long.parseLong(Files.readString(file).strip().split(" ")[column]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Process start(String script) throws IOException {
        return new ProcessBuilder("taskset", "-c", cpu.toString(), "perl", "-e", script).start();
    }

    @Test
    void chargesToOthersWhatTheSchedulerGaveThemAndNothingElse() throws IOException {
        // Given a task of ours that works now and then, and a foreign one that wants the whole CPU
        Process own = start("while (1) { for (1 .. 300000) {} select(undef, undef, undef, 0.02) }");
        Process foreign = start("while (1) {}");
        try {
            Files.writeString(group.resolve("cgroup.procs"), own.pid() + "\n");

            // When two windows pass
            Account account = Account.begin(cpu, look());
            long everybodyBefore = everybodyMicros();
            long foreignBefore = number(Path.of("/proc/" + foreign.pid() + "/schedstat"), 0) / 1000;
            long ownBefore = usageMicros(group);
            account = account.next(lookAfterAWindow());
            account = account.next(lookAfterAWindow());
            long everybody = everybodyMicros() - everybodyBefore;
            long byForeign = number(Path.of("/proc/" + foreign.pid() + "/schedstat"), 0) / 1000 - foreignBefore;
            long byOwn = usageMicros(group) - ownBefore;

            // Then others are charged with what is neither ours nor idle: the foreign task and whoever else runs there
            Intrusion intrusion = account.intrusion().orElseThrow();
            long tolerance = intrusion.errorMicros() + intrusion.total().totalMicros() / 50;
            assertThat(intrusion.total().intrusionMicros())
                    .as("%s; by the foreign task %d, by us %d", intrusion, byForeign, byOwn)
                    .isCloseTo(everybody - byOwn, within(tolerance))
                    .isGreaterThan(byForeign - tolerance);
            assertThat(byForeign).isPositive();
            assertThat(byOwn).isPositive();
            assertThat(intrusion.interrupts()).isNotEmpty();
        } finally {
            own.destroyForcibly().onExit().join();
            foreign.destroyForcibly().onExit().join();
        }
    }

    private Reading lookAfterAWindow() {
        long end = clocks.nanos() + WINDOW.toNanos();
        Awaitility.await().atMost(WINDOW.multipliedBy(3)).until(() -> clocks.nanos() - end >= 0);
        return look();
    }
}
