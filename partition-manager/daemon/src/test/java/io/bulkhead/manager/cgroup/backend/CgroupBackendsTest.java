package io.bulkhead.manager.cgroup.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Hierarchy;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Unified;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CgroupBackendsTest {
    private static CgroupHierarchies unified(String... controllers) {
        return new CgroupHierarchies(
                List.of(),
                Optional.of(new Unified(Path.of("/sys/fs/cgroup"), List.of(controllers), Set.of())),
                Set.of());
    }

    @Test
    void takesVersion2WhereItHasEveryController() {
        CgroupHierarchies mounted = unified("cpuset", "cpu", "io", "memory", "hugetlb", "pids");

        assertThat(CgroupBackends.requireControllers(mounted)).isEqualTo(mounted.unified());
    }

    @Test
    void namesTheControllersThatVersion2Lacks() {
        CgroupHierarchies mounted = unified("cpuset", "cpu", "io", "pids");

        assertThatThrownBy(() -> CgroupBackends.requireControllers(mounted))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.problem().code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
                    assertThat(refusal.problem().detail())
                            .isEqualTo("/sys/fs/cgroup/cgroup.controllers does not have memory");
                    assertThat(refusal.problem().remedy().orElseThrow()).contains("cgroup_disable=memory");
                });
    }

    @Test
    void namesTheControllersThatAreNotMountedAnywhere() {
        CgroupHierarchies mounted = new CgroupHierarchies(
                List.of(new Hierarchy(
                        List.of("cpuset", "cpu", "memory", "pids", "devices", "freezer"),
                        Optional.empty(),
                        Path.of("/sys/fs/cgroup/all"),
                        "/")),
                Optional.empty(),
                Set.of());

        assertThatThrownBy(() -> CgroupBackends.requireControllers(mounted))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no control group hierarchy is mounted for blkio")
                .hasMessageContaining("mount -t cgroup -o blkio");
    }
}
