package io.bulkhead.manager.cgroup.v2;

import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class FakeCgroup2TreeTest extends Cgroup2FilesContract {
    @TempDir
    Path directory;

    private FakeCgroup2Tree tree;

    @BeforeEach
    void makeTree() {
        tree = new FakeCgroup2Tree(directory, true);
    }

    @Override
    CgroupFiles files() {
        return tree;
    }

    @Override
    Path mount() {
        return directory;
    }

    @Override
    String uniqueName() {
        return "contract";
    }

    @Override
    String device() {
        return "254:0";
    }

    @Override
    long process() {
        return 4242;
    }
}
