package io.bulkhead.manager.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the backend relies on; the imitated tree and the live kernel both pass. */
abstract class CgroupFilesContract {
    private final Deque<Path> made = new ArrayDeque<>();

    abstract CgroupFiles files();

    /** The mount of a controller's hierarchy. */
    abstract Path mount(String controller);

    abstract String uniqueName();

    @AfterEach
    void removeGroups() {
        made.forEach(group -> {
            if (files().exists(group)) {
                files().removeGroup(group);
            }
        });
    }

    private Path make(Path group) {
        files().makeGroup(group);
        made.push(group);
        return group;
    }

    private Path top(String controller) {
        return make(mount(controller).resolve(uniqueName()));
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
    void aNewCpusetIsEmptyAndNotExclusive() {
        Path top = top("cpuset");

        assertThat(read(top.resolve("cpuset.cpus"))).isEmpty();
        assertThat(read(top.resolve("cpuset.mems"))).isEmpty();
        assertThat(read(top.resolve("cpuset.cpu_exclusive"))).isEqualTo("0");
    }

    @Test
    void aCpusetWithoutCpusTakesNobody() {
        refuses(
                top("cpuset").resolve("cgroup.procs"),
                String.valueOf(ProcessHandle.current().pid()));
    }

    @Test
    void anExclusiveParentIsNeededToBeExclusive() {
        Path inside = make(top("cpuset").resolve("a"));

        refuses(inside.resolve("cpuset.cpu_exclusive"), "1");
    }

    @Test
    void exclusiveSiblingsNeverOverlap() {
        Path top = top("cpuset");
        files().write(top.resolve("cpuset.cpu_exclusive"), "1");
        files().write(top.resolve("cpuset.cpus"), "1");
        Path one = make(top.resolve("a"));
        Path two = make(top.resolve("b"));
        files().write(two.resolve("cpuset.cpus"), "1");

        files().write(one.resolve("cpuset.cpu_exclusive"), "1");

        refuses(one.resolve("cpuset.cpus"), "1");
        files().write(two.resolve("cpuset.cpus"), "");
        files().write(one.resolve("cpuset.cpus"), "1");
        refuses(two.resolve("cpuset.cpus"), "1");
    }

    @Test
    void anExclusiveSetCannotBeEmptied() {
        Path top = top("cpuset");
        files().write(top.resolve("cpuset.mems"), "0");
        files().write(top.resolve("cpuset.cpu_exclusive"), "1");
        files().write(top.resolve("cpuset.cpus"), "1");

        refuses(top.resolve("cpuset.cpus"), "");
    }

    @Test
    void aParentContainsItsChildren() {
        Path top = top("cpuset");
        files().write(top.resolve("cpuset.cpus"), "0-1");
        Path inside = make(top.resolve("a"));
        files().write(inside.resolve("cpuset.cpus"), "1");

        refuses(top.resolve("cpuset.cpus"), "0");
        files().write(inside.resolve("cpuset.cpus"), "0");
        files().write(top.resolve("cpuset.cpus"), "0");
        refuses(inside.resolve("cpuset.cpus"), "0-1");
    }

    @Test
    void memoryIsRoundedDownToPagesAndStaysBelowTheLimitWithSwap() {
        Path top = top("memory");
        Path limit = top.resolve("memory.limit_in_bytes");
        Path withSwap = top.resolve("memory.memsw.limit_in_bytes");

        files().write(limit, "100000000");
        assertThat(read(limit)).isEqualTo(String.valueOf(100_000_000 / 4096 * 4096));
        files().write(withSwap, "134217728");

        refuses(limit, "268435456");
        refuses(withSwap, "67108864");
    }

    @Test
    void aBoundOnIoGoesAwayWithZero() {
        Path file = top("blkio").resolve("blkio.throttle.write_bps_device");
        String device = device();

        files().write(file, device + " 1048576");
        assertThat(read(file)).isEqualTo(device + " 1048576");
        files().write(file, device + " 0");
        assertThat(read(file)).isEmpty();
    }

    abstract String device();

    @Test
    void devicesAreDeniedAllAndAllowedOneByOne() {
        Path top = top("devices");

        files().write(top.resolve("devices.deny"), "a");
        files().write(top.resolve("devices.allow"), "c 1:3 rwm");

        assertThat(read(top.resolve("devices.list"))).isEqualTo("c 1:3 rwm");
        assertThat(read(make(top.resolve("a")).resolve("devices.list"))).isEqualTo("c 1:3 rwm");
    }

    @Test
    void aGroupWithGroupsInsideIsNotRemoved() {
        Path top = top("pids");
        Path inside = make(top.resolve("a"));

        assertThatThrownBy(() -> files().removeGroup(top)).isInstanceOf(CgroupException.class);
        assertThat(files().groupsIn(top)).containsExactly(inside);
        assertThatThrownBy(() -> files().makeGroup(inside)).isInstanceOf(CgroupException.class);
    }

    @Test
    void tellsThePathOfAFileThatIsNotThere() {
        Path file = mount("pids").resolve("no-such-file");

        refuses(file, "1");
        assertThatThrownBy(() -> files().read(file)).hasMessageContaining("No such file or directory");
    }
}
