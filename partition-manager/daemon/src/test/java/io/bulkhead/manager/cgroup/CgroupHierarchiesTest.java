package io.bulkhead.manager.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupHierarchiesTest {
    private static final String CGROUPS = """
            #subsys_name\thierarchy\tnum_cgroups\tenabled
            cpuset\t3\t1\t1
            cpu\t1\t1\t1
            cpuacct\t1\t1\t1
            memory\t4\t15\t1
            hugetlb\t0\t1\t0
            """;

    @Test
    void readsControllersThatAreMountedTogether() {
        CgroupHierarchies found = CgroupHierarchies.parse("""
                31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
                33 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset,clone_children
                40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
                """, CGROUPS);

        Hierarchy cpu = found.of("cpu").orElseThrow();
        assertThat(cpu.mount()).isEqualTo(Path.of("/sys/fs/cgroup/cpu,cpuacct"));
        assertThat(cpu.label()).isEqualTo("cpu,cpuacct");
        assertThat(found.of("cpuacct")).contains(cpu);
        assertThat(found.of("cpuset").orElseThrow().controllers()).containsExactly("cpuset");
        assertThat(found.of("memory")).isEmpty();
        assertThat(found.systemd().orElseThrow().label()).isEqualTo("name=systemd");
        assertThat(found.kind()).isEqualTo(Kind.V1);
        assertThat(found.known()).doesNotContain("hugetlb");
    }

    @Test
    void prefersTheWholeHierarchyToAPartMountedEarlier() {
        CgroupHierarchies found = CgroupHierarchies.parse("""
                30 23 0:31 /docker/abc /mnt/with\\040space rw - cgroup cgroup rw,cpuset
                33 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
                34 31 0:30 /part /mnt/with\\040space/memory rw - cgroup cgroup rw,memory
                """, CGROUPS);

        assertThat(found.v1())
                .containsExactly(
                        new Hierarchy(List.of("cpuset"), Optional.empty(), Path.of("/sys/fs/cgroup/cpuset"), "/"),
                        new Hierarchy(List.of("memory"), Optional.empty(), Path.of("/mnt/with space/memory"), "/part"));
    }

    @Test
    void readsTheControllersOfVersion2(@TempDir Path root) throws IOException {
        Path unified = Files.createDirectories(root.resolve("unified"));
        Files.writeString(unified.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/cgroups"), CGROUPS);
        Files.writeString(
                root.resolve("proc/self/mountinfo"),
                "41 31 0:38 / " + unified + " rw - cgroup2 cgroup2 rw,nsdelegate\n");

        CgroupHierarchies found = CgroupHierarchies.read(root);

        assertThat(found.kind()).isEqualTo(Kind.V2);
        assertThat(found.unified().orElseThrow().controllers())
                .containsExactly("cpuset", "cpu", "io", "memory", "pids");
        assertThat(found.unified().orElseThrow().options()).contains("nsdelegate");
    }

    @Test
    void bothVersionsWithControllersOnTheFirstAreHybrid() {
        CgroupHierarchies found = CgroupHierarchies.parse("""
                33 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """, CGROUPS);

        assertThat(found.kind()).hasToString("hybrid");
    }
}
