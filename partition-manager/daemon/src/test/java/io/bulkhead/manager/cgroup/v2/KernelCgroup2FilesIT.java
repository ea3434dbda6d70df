package io.bulkhead.manager.cgroup.v2;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.KernelCgroupFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Alone("it has whole CPUs, which no other instance may have")
@Tag("special")
class KernelCgroup2FilesIT extends Cgroup2FilesContract {
    private Path mount = Path.of("/");
    private String device = "";
    private Process process;

    @BeforeEach
    void start() throws IOException {
        device = LiveV2Host.required().disk().map(Disk::device).orElse("");
        mount = LiveV2Host.unified().mount();
        process = new ProcessBuilder("sleep", "100").start();
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Override
    CgroupFiles files() {
        return new KernelCgroupFiles();
    }

    @Override
    Path mount() {
        return mount;
    }

    @Override
    String uniqueName() {
        return LiveV2Host.INSTANCE + "-files";
    }

    @Override
    String device() {
        assumeTrue(!device.isEmpty(), "needs a disk under the temporary directory");
        return device;
    }

    @Override
    long process() {
        return process.pid();
    }
}
