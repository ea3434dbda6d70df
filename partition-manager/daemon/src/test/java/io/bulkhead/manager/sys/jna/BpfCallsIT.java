package io.bulkhead.manager.sys.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.manager.hardening.DeviceWall;
import io.bulkhead.manager.sys.DevicePrograms;
import io.bulkhead.manager.sys.Fd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The device policy on a real version 2 group, which needs no controller for it; needs root. */
class BpfCallsIT {
    private final DevicePrograms programs = new BpfCalls();
    private Path group = Path.of("/nowhere");

    @BeforeEach
    void make() throws IOException {
        Path root = Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
                .map(Path::of)
                .filter(place -> Files.exists(place.resolve("cgroup.controllers")))
                .findFirst()
                .orElse(group);
        assumeTrue(Files.isDirectory(root), "no cgroup v2 hierarchy is mounted");
        group = Files.createDirectory(
                root.resolve("bh-bpf-" + ProcessHandle.current().pid()));
    }

    @AfterEach
    void remove() throws IOException {
        Files.deleteIfExists(group);
    }

    @Test
    void letsAGroupOpenTheStandardNodesOnly() throws Exception {
        // Given
        String disk = "/tmp/bh-bpf-node-" + ProcessHandle.current().pid();
        String script = "echo $$ > " + group + "/cgroup.procs; mknod " + disk + " c 1 1; "
                + "head -c 1 /dev/zero >/dev/null && echo ZERO; "
                + "head -c 0 /dev/full && echo FULL; ( true </dev/kmsg ) 2>/dev/null && echo KMSG; true";

        // When
        String before = run(script.replaceFirst("mknod [^;]*; ", ""));
        try (Fd program = programs.load(DeviceWall.program(Set.of()))) {
            programs.attach(program, group);
        }
        String after = run(script);

        // Then
        assertThat(before).contains("ZERO", "FULL", "KMSG");
        assertThat(after).contains("ZERO", "FULL").doesNotContain("KMSG");
        assertThat(Path.of(disk)).doesNotExist();
    }

    @Test
    void readsBackWhatIsOnAGroup() {
        assertThat(programs.tags(group)).isEmpty();

        try (Fd program = programs.load(DeviceWall.program(Set.of()))) {
            programs.attach(program, group);

            assertThat(programs.tags(group)).isEqualTo(List.of(programs.tag(program)));
        }
        // It stays though nobody holds it any more.
        assertThat(programs.tags(group)).hasSize(1);
    }

    @Test
    void replacesItsOwnProgramByOneWithADisk() {
        DeviceWall wall = new DeviceWall(programs);
        wall.raise(group, Set.of());
        List<String> before = programs.tags(group);

        wall.raise(group, Set.of("8:16"));

        assertThat(programs.tags(group)).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(wall.look(group, Set.of("8:16")).orElseThrow().held()).isTrue();
        assertThat(wall.look(group, Set.of()).orElseThrow().held()).isFalse();
        wall.raise(group, Set.of());
        assertThat(programs.tags(group)).isEqualTo(before);
    }

    private static String run(String script) throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", script)
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
