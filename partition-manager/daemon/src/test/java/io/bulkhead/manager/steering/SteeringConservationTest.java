package io.bulkhead.manager.steering;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.manager.record.BootRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is bound and released in whatever order, by whomever: in the end every file says what it said. */
class SteeringConservationTest {
    private static final CpuSet ALL = CpuSet.parse("0-7");

    /**
     * @param instance which of two; the first has CPUs 1 to 3, the other 4 to 7
     * @param cpus that it holds from now on
     * @param killed whether its manager is killed afterwards
     */
    record Step(int instance, CpuSet cpus, boolean killed) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> first = step(0, 1, 3);
        Arbitrary<Step> second = step(1, 4, 7);
        return Arbitraries.oneOf(first, second).list().ofMaxSize(10);
    }

    private static Arbitrary<Step> step(int instance, int from, int to) {
        return Combinators.combine(cpus(0, from, to), Arbitraries.of(true, false))
                .as((cpus, killed) -> new Step(instance, cpus, killed));
    }

    @Provide
    Arbitrary<CpuSet> affinities() {
        return cpus(1, 0, 7);
    }

    /** At least so many of the CPUs from one to another, as the bits of a number. */
    private static Arbitrary<CpuSet> cpus(int least, int from, int to) {
        return Arbitraries.integers()
                .between(least, (1 << (to - from + 1)) - 1)
                .map(bits -> CpuSet.of(IntStream.rangeClosed(from, to)
                        .filter(cpu -> (bits >> (cpu - from) & 1) == 1)
                        .toArray()));
    }

    @Property(tries = 150)
    void everythingIsAsItWasWhenAllIsReleased(
            @ForAll("steps") List<Step> steps, @ForAll("affinities") CpuSet one, @ForAll("affinities") CpuSet other)
            throws IOException {
        Path directory = Files.createTempDirectory("steering");
        try {
            FakeAffinities kernel = new FakeAffinities(directory.resolve("kernel"), ALL);
            kernel.interrupt(24, "eth0", one.toString());
            kernel.interrupt(25, "ahci", other.toString());
            kernel.managedInterrupt(33, "nvme0q3", "5");
            Map<String, String> before = kernel.snapshot();
            SteeringKeeper[] keepers = {keeper(kernel, directory, 0), keeper(kernel, directory, 1)};
            CpuSet[] held = {CpuSet.EMPTY, CpuSet.EMPTY};
            for (Step step : steps) {
                held[step.instance()] = step.cpus();
                keepers[step.instance()].steer(step.cpus());
                keepers[1 - step.instance()].steer(held[1 - step.instance()]);
                assertThat(CpuSet.parse(kernel.affinity(24)).intersects(held[0].union(held[1])))
                        .isFalse();
                assertThat(kernel.affinity(25)).isNotEmpty();
                if (step.killed()) {
                    keepers[step.instance()] = keeper(kernel, directory, step.instance());
                }
            }

            keepers[0].steer(CpuSet.EMPTY);
            keepers[1].steer(CpuSet.EMPTY);

            assertThat(kernel.snapshot()).isEqualTo(before);
            assertThat(directory.resolve("0.json")).doesNotExist();
            assertThat(directory.resolve("1.json")).doesNotExist();
        } finally {
            remove(directory);
        }
    }

    private static SteeringKeeper keeper(FakeAffinities kernel, Path directory, int instance) {
        return new SteeringKeeper(
                kernel,
                directory.resolve("kernel"),
                new BootRecord<>(directory.resolve(instance + ".json"), SteeringRecord.class),
                "boot",
                CpuSet.of(0),
                change -> {});
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
