package io.bulkhead.manager.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.manager.cgroup.CgroupHierarchies;
import io.bulkhead.manager.cgroup.CgroupHierarchies.Unified;
import io.bulkhead.manager.host.HostFacts;
import io.bulkhead.manager.host.HostFactsReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What tests on the live kernel need of the machine. */
final class LiveV2Host {
    static final String INSTANCE = "bulkhead-t-cg2";

    private LiveV2Host() {}

    static Unified unified() {
        return CgroupHierarchies.read(Path.of("/")).unified().orElseThrow();
    }

    /** Skips unless this is a machine on which the tests can do something. */
    static HostFacts required() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(
                CgroupHierarchies.read(Path.of("/"))
                        .unified()
                        .filter(unified -> unified.controllers().containsAll(CgroupV2.requiredControllers()))
                        .isPresent(),
                "needs the controllers of control groups on version 2");
        HostFacts facts = new HostFactsReader(Path.of("/")).read(Path.of(System.getProperty("java.io.tmpdir")));
        assumeTrue(facts.online().contains(0) && facts.online().contains(1), "needs the CPUs 0 and 1");
        return facts;
    }

    /** The groups at the top that carry our name. */
    static void assertNothingLeft(String instance) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> groups = Files.newDirectoryStream(unified().mount(), instance + "{,.*,-*}")) {
            groups.forEach(found::add);
        }
        assertThat(found).isEmpty();
    }
}
