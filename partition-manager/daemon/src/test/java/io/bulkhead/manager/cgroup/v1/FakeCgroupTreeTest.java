package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FakeCgroupTreeTest extends CgroupFilesContract {
    @TempDir
    Path directory;

    private FakeCgroupTree tree;

    @BeforeEach
    void makeTree() {
        tree = new FakeCgroupTree(directory);
    }

    @Override
    CgroupFiles files() {
        return tree;
    }

    @Override
    Path mount(String controller) {
        return tree.path(controller);
    }

    @Override
    String uniqueName() {
        return "contract";
    }

    @Override
    String device() {
        return "254:0";
    }
}
