package io.bulkhead.manager.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import io.bulkhead.manager.cgroup.GroupTree;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the version 2 backend relies on; the imitated tree and the live kernel both pass. */
abstract class Cgroup2FilesContract {
    private final Deque<Path> made = new ArrayDeque<>();

    abstract CgroupFiles files();

    abstract Path mount();

    abstract String uniqueName();

    /** Major and minor number of a whole disk. */
    abstract String device();

    /** A process that may be moved about. */
    abstract long process();

    @AfterEach
    void removeGroups() {
        made.forEach(group -> {
            if (files().exists(group)) {
                files().write(group.resolve("cgroup.kill"), "1");
                GroupTree.remove(files(), group);
            }
        });
    }

    private Path make(Path group) {
        files().makeGroup(group);
        made.push(group);
        return group;
    }

    /** A group with every controller, and all of them on for the groups inside. */
    private Path top() {
        Controllers.enable(files(), mount());
        Path top = make(mount().resolve(uniqueName()));
        Controllers.enable(files(), top);
        return top;
    }

    private String read(Path file) {
        return files().read(file).strip();
    }

    private void refuses(Path file, String text) {
        assertThatThrownBy(() -> files().write(file, text))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void aNewGroupIsBoundToNothing() {
        Path group = make(top().resolve("a"));

        assertThat(read(group.resolve("cpuset.cpus"))).isEmpty();
        assertThat(read(group.resolve("cpuset.mems"))).isEmpty();
        assertThat(read(group.resolve("cpuset.cpus.partition"))).isEqualTo("member");
        assertThat(read(group.resolve("cpu.max"))).isEqualTo("max 100000");
        assertThat(read(group.resolve("memory.max"))).isEqualTo("max");
        assertThat(read(group.resolve("memory.min"))).isEqualTo("0");
        assertThat(read(group.resolve("pids.max"))).isEqualTo("max");
        assertThat(read(group.resolve("io.max"))).isEmpty();
        assertThat(read(group.resolve("cgroup.events")).lines()).containsExactly("populated 0", "frozen 0");
        assertThat(read(group.resolve("cgroup.subtree_control"))).isEmpty();
    }

    @Test
    void controllersAreOnForAllGroupsInsideOrForNone() {
        Path top = top();
        Path inside = make(top.resolve("a"));
        Controllers.enable(files(), inside);

        refuses(top.resolve("cgroup.subtree_control"), "-memory");
        files().write(inside.resolve("cgroup.subtree_control"), "-memory");
        files().write(top.resolve("cgroup.subtree_control"), "-memory");
        assertThat(files().exists(inside.resolve("memory.max"))).isFalse();
        refuses(inside.resolve("cgroup.subtree_control"), "+memory");
    }

    @Test
    void aGroupHasProcessesOrControllersForThoseInside() {
        Path top = top();
        Path inside = make(top.resolve("a"));

        refuses(top.resolve("cgroup.procs"), String.valueOf(process()));
        files().write(inside.resolve("cgroup.procs"), String.valueOf(process()));
        assertThat(read(inside.resolve("cgroup.procs"))).isEqualTo(String.valueOf(process()));
        assertThat(read(top.resolve("cgroup.events"))).contains("populated 1");
        refuses(inside.resolve("cgroup.subtree_control"), "+memory");
        assertThatThrownBy(() -> files().removeGroup(inside)).isInstanceOf(CgroupException.class);
    }

    @Test
    void memoryIsRoundedDownToPages() {
        Path top = top();

        files().write(top.resolve("memory.max"), "100000000");
        files().write(top.resolve("memory.min"), "100000000");

        assertThat(read(top.resolve("memory.max"))).isEqualTo(String.valueOf(100_000_000 / 4096 * 4096));
        assertThat(read(top.resolve("memory.min"))).isEqualTo(String.valueOf(100_000_000 / 4096 * 4096));
    }

    @Test
    void aLineOfBoundsOnIoGoesAwayWithTheLastOfThem() {
        Path file = top().resolve("io.max");

        files().write(file, device() + " wbps=1048576 riops=100");
        assertThat(read(file)).isEqualTo(device() + " rbps=max wbps=1048576 riops=100 wiops=max");
        files().write(file, device() + " rbps=max wbps=max riops=max wiops=max");
        assertThat(read(file)).isEmpty();
        refuses(file, device() + " wbps=0");
    }

    @Test
    void aPartitionTakesItsCpusFromEverybodyElse() {
        Path top = top();
        Path group = make(top.resolve("a"));
        boolean exclusive = files().exists(top.resolve("cpuset.cpus.exclusive"));
        String file = exclusive ? "cpuset.cpus.exclusive" : "cpuset.cpus";
        String before = read(mount().resolve("cpuset.cpus.effective"));

        files().write(top.resolve(file), "1");
        if (!exclusive) {
            files().write(top.resolve("cpuset.cpus.partition"), "root");
        }
        files().write(group.resolve(file), "1");
        files().write(group.resolve("cpuset.cpus.partition"), "isolated");

        assertThat(read(group.resolve("cpuset.cpus.partition"))).isEqualTo("isolated");
        assertThat(read(group.resolve("cpuset.cpus.effective"))).isEqualTo("1");
        assertThat(read(mount().resolve("cpuset.cpus.effective"))).isNotEqualTo(before);
        files().write(group.resolve("cpuset.cpus.partition"), "root");
        assertThat(read(group.resolve("cpuset.cpus.partition"))).isEqualTo("root");
        files().write(group.resolve("cpuset.cpus.partition"), "member");
        files().removeGroup(group);
        files().write(top.resolve("cpuset.cpus.partition"), "member");
        assertThat(read(mount().resolve("cpuset.cpus.effective"))).isEqualTo(before);
    }

    @Test
    void aPartitionThatCannotBeIsTakenWithoutComplaintAndSaysWhy() {
        Path group = make(top().resolve("a"));
        assumeTrue(files().exists(group.resolve("cpuset.cpus.exclusive")), "the reason is worded otherwise before 6.7");

        files().write(group.resolve("cpuset.cpus.partition"), "root");

        assertThat(read(group.resolve("cpuset.cpus.partition")))
                .isEqualTo("root invalid (cpuset.cpus and cpuset.cpus.exclusive are empty)");
    }

    @Test
    void exclusiveSiblingsNeverOverlap() {
        Path top = top();
        Path one = make(top.resolve("a"));
        Path two = make(top.resolve("b"));
        assumeTrue(files().exists(one.resolve("cpuset.cpus.exclusive")), "needs cpuset.cpus.exclusive (kernel 6.7)");
        files().write(top.resolve("cpuset.cpus.exclusive"), "1");
        files().write(one.resolve("cpuset.cpus.exclusive"), "1");

        refuses(two.resolve("cpuset.cpus.exclusive"), "1");
    }

    @Test
    void tellsThePathOfAFileThatIsNotThere() {
        Path file = mount().resolve("no-such-file");

        refuses(file, "1");
        assertThatThrownBy(() -> files().read(file)).hasMessageContaining("No such file or directory");
    }
}
