package io.bulkhead.manager.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.host.HostFactsReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What tests on the live kernel need of the machine. */
final class LiveHost {
    static final String INSTANCE = "bulkhead-t-cg";

    private LiveHost() {}

    static CgroupHierarchies hierarchies() {
        return CgroupHierarchies.read(Path.of("/"));
    }

    /** Skips unless this is a machine on which the tests can do something. */
    static HostFacts required() {
        HostFacts facts = new HostFactsReader(Path.of("/")).read(Path.of(System.getProperty("java.io.tmpdir")));
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(facts.online().contains(0) && facts.online().contains(1), "needs the CPUs 0 and 1");
        assumeTrue(
                CgroupV1.requiredControllers().stream()
                        .allMatch(controller -> hierarchies().of(controller).isPresent()),
                "needs control groups version 1");
        return facts;
    }

    /** How many hierarchies a partition has groups in. */
    static int hierarchiesInUse() {
        Set<CgroupHierarchies.Hierarchy> used = new HashSet<>();
        CgroupV1.requiredControllers()
                .forEach(controller -> hierarchies().of(controller).ifPresent(used::add));
        hierarchies().of("cpuacct").ifPresent(used::add);
        hierarchies().systemd().ifPresent(used::add);
        return used.size();
    }

    /** The groups at the top of any hierarchy that carry our name. */
    static List<Path> leftOver(String instance) throws IOException {
        List<Path> found = new ArrayList<>();
        for (CgroupHierarchies.Hierarchy hierarchy : hierarchies().v1()) {
            try (DirectoryStream<Path> groups = Files.newDirectoryStream(hierarchy.mount(), instance + "{,.*}")) {
                groups.forEach(found::add);
            }
        }
        return found;
    }

    static void assertNothingLeft(String instance) throws IOException {
        assertThat(leftOver(instance)).isEmpty();
    }
}
