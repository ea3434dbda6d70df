package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.HostStatus.StuckInterrupt;
import io.bulkhead.contract.partition.Isolation;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The host itself stays off slices: its interrupts, its kernel workers and its own groups' memory; and gets all back. */
@Alone("it has whole CPUs, which no other instance may have")
@RequiresHost(cgroupV2 = true, disposable = true, cpus = 4)
class QuietIT {
    private static final Path INTERRUPTS = Path.of("/proc/irq");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final Path WORKQUEUES = Path.of("/sys/devices/virtual/workqueue/cpumask");

    /** As the host was found. */
    private static Map<Integer, CpuSet> found;
    /** As the host wants it: whatever can be moved may fire everywhere, so that every slice has some to get rid of. */
    private static Map<String, String> before;

    private static Installation host;

    @BeforeAll
    static void install() {
        found = affinities();
        found.keySet().forEach(number -> tryToMove(number, ThisHost.onlineCpus()));
        before = settings();
        host = Installation.up();
    }

    @AfterAll
    static void remove() {
        host.close();
        assertThat(settings()).as("what the host has when all is down").isEqualTo(before);
        found.forEach(QuietIT::tryToMove);
    }

    @AfterEach
    void deletePartitions() {
        host.deletePartitions();
    }

    @Test
    @Proves("the host's interrupts leave the CPUs of a slice, or are listed with the kernel's words, and come back")
    void interruptsLeaveTheSliceAndComeBack() {
        // When a slice of a whole CPU is taken
        CpuSet slice = define("quiet", "64MiB");

        // Then no interrupt fires on it that is not listed
        List<Integer> listed = host.hostStatus().steering().stuck().stream()
                .map(StuckInterrupt::number)
                .toList();
        affinities().forEach((number, allowed) -> {
            // What was moved fires elsewhere from its next time on.
            CpuSet cpus = CpuSet.parse(ThisHost.text(INTERRUPTS.resolve(number + "/effective_affinity_list")))
                    .intersection(allowed);
            if (cpus.intersects(slice)) {
                assertThat(listed)
                        .as("interrupt " + number + " fires on " + cpus)
                        .contains(number);
            }
        });
        assertThat(affinities().entrySet().stream()
                        .filter(each -> !each.getValue().intersects(slice))
                        .map(each -> before.getOrDefault("interrupt " + each.getKey(), ""))
                        .filter(cpus -> CpuSet.parse(cpus).intersects(slice)))
                .as("interrupts that have left it")
                .isNotEmpty();
        assertThat(host.hostStatus().steering().workqueues())
                .hasValueSatisfying(cpus -> assertThat(cpus.intersects(slice)).isFalse());
        assertThat(ThisHost.text(WORKQUEUES)).isNotEqualTo(before.get(WORKQUEUES.toString()));

        // And when it is given back, everything is as it was
        host.run("delete", "quiet", "--yes").expect(0);
        assertThat(settings()).isEqualTo(before);
    }

    @Test
    void bringsBackAnInterruptThatSomebodyMoves() {
        CpuSet slice = define("quiet", "64MiB");
        int movable = affinities().entrySet().stream()
                .filter(each -> each.getValue().equals(ThisHost.onlineCpus().minus(slice)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();

        write(INTERRUPTS.resolve(movable + "/smp_affinity_list"), slice.toString());

        await().atMost(Patience.seconds(20))
                .untilAsserted(() ->
                        assertThat(affinities().get(movable).intersects(slice)).isFalse());
        // What somebody writes is the host's wish from then on, so it gets its former one back by hand.
        host.run("delete", "quiet", "--yes").expect(0);
        write(INTERRUPTS.resolve(movable + "/smp_affinity_list"), before.getOrDefault("interrupt " + movable, ""));
    }

    @Test
    @Proves("the level of isolation is what the kernel's files show, and names what holds it back")
    void tellsTheLevelThatIsReallyThere() {
        CpuSet slice = define("quiet", "64MiB");

        Isolation isolation = host.show("quiet").isolation().orElseThrow();

        List<StuckInterrupt> stuck = host.hostStatus().steering().stuck();
        assertThat(isolation.level()).isEqualTo(stuck.isEmpty() ? Isolation.Level.STEERED : Isolation.Level.EXCLUSIVE);
        stuck.forEach(each -> {
            assertThat(affinities().get(each.number()).intersects(slice)).isTrue();
            assertThat(isolation.raise()).anyMatch(line -> line.contains(each.number() + " (" + each.name() + ")"));
        });
        if (stuck.isEmpty()) {
            assertThat(isolation.raise()).anyMatch(line -> line.contains("nohz_full=" + slice));
        }
    }

    @Test
    @Proves(
            "a process of the host that wants all RAM dies at the host's cap; what a stopped partition holds stays free")
    void aHogOfTheHostDiesAtTheCap() throws IOException {
        // Given a partition that holds memory and does not run
        define("kept", "512MiB");
        ByteSize cap = host.hostStatus().memoryCaps().cap().orElseThrow();
        assertThat(ThisHost.text(GROUPS.resolve("user.slice/memory.max"))).isEqualTo(String.valueOf(cap.bytes()));

        // When something of the host's wants all there is
        Installation.Result hog = Commands.run(
                List.of("systemd-run", "--quiet", "--wait", "--slice=user.slice", "tail", "/dev/zero"),
                "",
                Patience.seconds(60));

        // Then it is killed there
        assertThat(hog.status()).as(hog.toString()).isNotZero();
        assertThat(ThisHost.line(GROUPS.resolve("user.slice/memory.events"), "oom_kill")
                        .get(1))
                .isNotEqualTo("0");
        assertThat(Long.parseLong(ThisHost.text(GROUPS.resolve("user.slice/memory.peak"))))
                .isLessThanOrEqualTo(cap.bytes());
        host.run("start", "kept").expect(0);
    }

    @Test
    void capsAgainAfterSystemdHasReadItsFilesAnew() {
        define("kept", "256MiB");
        String cap = ThisHost.text(GROUPS.resolve("system.slice/memory.max"));

        Commands.run(List.of("systemctl", "daemon-reload"), "", Patience.seconds(30));
        Commands.run(
                List.of("systemctl", "set-property", "--runtime", "system.slice", "MemoryMax=infinity"),
                "",
                Patience.seconds(30));

        await().atMost(Patience.seconds(20))
                .untilAsserted(() -> assertThat(ThisHost.text(GROUPS.resolve("system.slice/memory.max")))
                        .isEqualTo(cap));
        Commands.run(List.of("systemctl", "revert", "system.slice"), "", Patience.seconds(30));
    }

    @Test
    @Proves("whatever kills the manager, the next one gives the host back what it had")
    void aKilledManagersChangesAreUndone() {
        define("quiet", "64MiB");
        Installation.kill(host.managerPid());

        host.run("up").expect(0);
        host.run("delete", "quiet", "--yes").expect(0);

        assertThat(settings()).isEqualTo(before);
    }

    // ---- what the host says

    private CpuSet define(String name, String memory) {
        host.run("define", name, "--cpus", ThisHost.oneCore(), "--memory", memory)
                .expect(0);
        PartitionStatus status = host.show(name);
        return ((CpuSlice.Whole) status.slice().orElseThrow().cpus()).cpus();
    }

    /** Where the interrupts that have a handler may fire. */
    private static Map<Integer, CpuSet> affinities() {
        Map<Integer, CpuSet> found = new TreeMap<>();
        for (Path each : directories(INTERRUPTS)) {
            if (!directories(each).isEmpty()) {
                found.put(
                        Integer.parseInt(each.getFileName().toString()),
                        CpuSet.parse(ThisHost.text(each.resolve("smp_affinity_list"))));
            }
        }
        return found;
    }

    /** Everything that a slice may change on the host, with what it says. */
    private static Map<String, String> settings() {
        Map<String, String> texts = new TreeMap<>();
        affinities().forEach((number, cpus) -> texts.put("interrupt " + number, cpus.toString()));
        texts.put(WORKQUEUES.toString(), ThisHost.text(WORKQUEUES));
        Path standard = INTERRUPTS.resolve("default_smp_affinity");
        texts.put(standard.toString(), ThisHost.text(standard));
        for (String group : List.of("init.scope", "system.slice", "user.slice")) {
            Path max = GROUPS.resolve(group).resolve("memory.max");
            if (Files.exists(max)) {
                texts.put(max.toString(), ThisHost.text(max));
            }
        }
        return texts;
    }

    /** Not managed ones: their place is the kernel's own business. */
    private static void tryToMove(int number, CpuSet cpus) {
        try {
            Files.writeString(INTERRUPTS.resolve(number + "/smp_affinity_list"), cpus.toString());
        } catch (IOException e) {
            assertThat(e).hasMessageMatching(".*(Operation not permitted|Input/output error).*");
        }
    }

    private static List<Path> directories(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
