package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import io.bulkhead.manager.host.HostFacts;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

@Alone("it has whole CPUs, which no other instance may have")
class KernelCgroupFilesIT extends CgroupFilesContract {
    private HostFacts facts;

    @BeforeEach
    void requireHost() {
        facts = LiveHost.required();
    }

    @Override
    CgroupFiles files() {
        return new KernelCgroupFiles();
    }

    @Override
    Path mount(String controller) {
        return LiveHost.hierarchies().of(controller).orElseThrow().mount();
    }

    @Override
    String uniqueName() {
        return LiveHost.INSTANCE + "-contract";
    }

    @Override
    String device() {
        Assumptions.assumeTrue(facts.disk().isPresent(), "needs a disk under the temporary directory");
        return facts.disk().map(Disk::device).orElseThrow();
    }
}
