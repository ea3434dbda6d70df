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
    @Test
    void refusesAHostWhoseControllersAreOnVersion2() {
        CgroupHierarchies mounted = new CgroupHierarchies(
                List.of(),
                Optional.of(new Unified(Path.of("/sys/fs/cgroup"), List.of("cpuset", "cpu", "io", "memory", "pids"))),
                Set.of());

        assertThatThrownBy(() -> CgroupBackends.requireV1(mounted)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.problem().code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
            assertThat(refusal.problem().detail()).contains("v2 hosts come with the next release");
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

        assertThatThrownBy(() -> CgroupBackends.requireV1(mounted))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("no control group hierarchy is mounted for blkio")
                .hasMessageContaining("mount -t cgroup -o blkio");
    }
}
