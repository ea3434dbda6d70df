package io.bulkhead.manager.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.cgroup.Cgroups.CgroupMount;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.mount.MountStep.BlockNode;
import io.bulkhead.manager.mount.MountStep.Console;
import io.bulkhead.manager.mount.MountStep.Directory;
import io.bulkhead.manager.mount.MountStep.FileSystem;
import io.bulkhead.manager.mount.MountStep.IdmappedBind;
import io.bulkhead.manager.mount.MountStep.IdmappedBindIfPresent;
import io.bulkhead.manager.mount.MountStep.LockReadOnly;
import io.bulkhead.manager.mount.MountStep.MaskDirectory;
import io.bulkhead.manager.mount.MountStep.MaskFile;
import io.bulkhead.manager.mount.MountStep.Proc;
import io.bulkhead.manager.mount.MountStep.RemountReadOnly;
import io.bulkhead.manager.mount.MountStep.ShownText;
import io.bulkhead.manager.mount.MountStep.Symlink;
import io.bulkhead.manager.mount.MountStep.TextFile;
import io.bulkhead.manager.sys.MountAttribute;
import io.bulkhead.manager.sys.MountFlag;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountPlanTest {
    private static final UidRange IDS = new UidRange(1_000_000);
    private static final Path FILES = Path.of("/var/lib/bulkhead/partitions/web");
    private static final InitProgram INIT = InitProgram.of(new Init.Shell(), new PartitionName("web"), false);
    private static final HostLayout DEBIAN = new HostLayout(
            Map.of("bin", "usr/bin", "lib", "usr/lib", "lib64", "usr/lib64"),
            Set.of(),
            Set.of("/opt", "/proc/sys", "/proc/kcore", "/proc/acpi", "/sys/firmware", "/var/lib/dpkg"));

    private static final Map<String, String> SHOWN =
            Map.of("/proc/cmdline", "none\n", "/proc/sys/kernel/random/boot_id", "1-2-3\n");

    @Test
    void showsItsOwnTextsOverFilesThatWereLockedBefore() {
        // When
        List<MountStep> steps = plan(false, List.of(), DEBIAN).kernel();

        // Then
        assertThat(steps)
                .containsSubsequence(
                        new Proc(),
                        new LockReadOnly("/proc/sys"),
                        new Directory("/run/.shown", 0755),
                        new ShownText("/proc/cmdline", "none\n"),
                        new ShownText("/proc/sys/kernel/random/boot_id", "1-2-3\n"));
    }

    @Test
    void startsWithARootThatBelongsToThePartition() {
        // When
        MountPlan plan = plan(false, List.of(), DEBIAN);

        // Then
        assertThat(plan.steps().get(0))
                .isEqualTo(new FileSystem(
                        "/",
                        "tmpfs",
                        Set.of(MountFlag.NO_DEV),
                        "uid=1000000,gid=1000000,mode=0755,size=4m,nr_inodes=4096"));
        assertThat(plan.root())
                .contains(
                        new IdmappedBind(
                                Path.of("/usr"), "/usr", Set.of(MountAttribute.READ_ONLY, MountAttribute.NO_DEV)),
                        new Symlink("/bin", "usr/bin"),
                        new Symlink("/lib64", "usr/lib64"),
                        new Console(Path.of("/dev/pts/7")),
                        new FileSystem(
                                "/dev/pts",
                                "devpts",
                                Set.of(MountFlag.NO_SUID, MountFlag.NO_EXEC),
                                "newinstance,ptmxmode=0666,mode=0620,gid=1000005,max=256"));
        assertThat(plan.root()).doesNotContain(new Symlink("/lib32", "usr/lib32"));
    }

    @Test
    void showsWhatThePartitionMayHaveWrittenOnlyAfterTheLastProgramRan() {
        // When
        MountPlan plan = plan(true, List.of(), DEBIAN);

        // Then
        assertThat(plan.root()).noneMatch(step -> step.toString().contains(FILES.toString()));
        assertThat(plan.kernel()).contains(new Proc()).noneMatch(step -> step.toString()
                .contains(FILES.toString()));
        assertThat(plan.ownFiles())
                .extracting(MountPlanTest::target)
                .containsExactly("/etc", "/var", "/home", "/root", "/srv", "/var/lib/dpkg");
        assertThat(plan.ownFiles()).doesNotContain(new Proc());
    }

    @Test
    void neverFollowsThePartitionsLinksToTheHostsPackages() {
        // When
        List<MountStep> steps = plan(false, List.of(), DEBIAN).ownFiles();

        // Then
        assertThat(steps.get(steps.size() - 1)).isInstanceOfSatisfying(IdmappedBindIfPresent.class, step -> assertThat(
                        step.bind().attributes())
                .contains(MountAttribute.READ_ONLY, MountAttribute.NO_SUID, MountAttribute.NO_DEV));
    }

    @Test
    void makesEveryPlaceBeforeSomethingIsMountedOnIt() {
        // When
        List<MountStep> steps = plan(true, v1Groups(), DEBIAN).steps();

        // Then
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i) instanceof FileSystem system && !system.target().startsWith("/sys")) {
                assertThat(steps.subList(0, i))
                        .as(system.target())
                        .anyMatch(step ->
                                step instanceof Directory made && made.target().equals(system.target()));
            }
        }
    }

    @Test
    void showsOptOnlyOnRequestAndOnlyWhereThereIsOne() {
        assertThat(targets(plan(true, List.of(), DEBIAN))).contains("/opt");
        assertThat(targets(plan(false, List.of(), DEBIAN))).doesNotContain("/opt");
        assertThat(targets(plan(true, List.of(), new HostLayout(Map.of(), Set.of(), Set.of()))))
                .doesNotContain("/opt");
    }

    @Test
    void masksAndLocksWhatThisKernelHas() {
        // When
        List<MountStep> kernel = plan(false, List.of(), DEBIAN).kernel();

        // Then
        int proc = kernel.indexOf(new Proc());
        assertThat(kernel.subList(proc + 1, kernel.indexOf(new Directory("/run/.shown", 0755))))
                .containsExactly(
                        new LockReadOnly("/proc/sys"),
                        new MaskFile("/proc/kcore"),
                        new MaskDirectory("/proc/acpi"),
                        new MaskDirectory("/sys/firmware"));
    }

    @Test
    void bindsTheDirectoriesOfAHostWithoutUsrMerge() {
        // Given
        HostLayout layout = new HostLayout(Map.of(), Set.of("bin"), Set.of());

        // When
        MountPlan plan = plan(false, List.of(), layout);

        // Then
        assertThat(targets(plan)).contains("/bin");
        assertThat(plan.root())
                .noneMatch(step -> step instanceof Symlink link && link.target().equals("/bin"));
    }

    @Test
    void locksTheGroupsOnlyAfterAllOfThemAreMounted() {
        // When
        List<MountStep> kernel = plan(false, v1Groups(), DEBIAN).kernel();

        // Then
        assertThat(kernel.subList(2, 9))
                .containsExactly(
                        groupMount("", "tmpfs", "mode=755"),
                        new Directory("/sys/fs/cgroup/memory", 0755),
                        groupMount("/memory", "cgroup", "memory"),
                        new Directory("/sys/fs/cgroup/systemd", 0755),
                        groupMount("/systemd", "cgroup", "none,name=systemd"),
                        new RemountReadOnly("/sys/fs/cgroup"),
                        new RemountReadOnly("/sys/fs/cgroup/memory"));
    }

    @Test
    void mountsVersion2InItsPlaceAlone() {
        // When
        List<MountStep> kernel = plan(false, List.of(new CgroupMount("", "cgroup2", "", true)), DEBIAN)
                .kernel();

        // Then
        assertThat(kernel.get(2)).isEqualTo(groupMount("", "cgroup2", ""));
        assertThat(kernel).noneMatch(RemountReadOnly.class::isInstance);
    }

    @Test
    void takesOwnFilesFromAVolumeAndMakesPlacesOutsideOfThem() {
        // Given
        StoragePlan storage = new StoragePlan(
                true,
                List.of(new InsidePath("/srv/data"), new InsidePath("/data/pg/wal")),
                List.of(new InsidePath("/mnt/pictures"), new InsidePath("/data/pg/old")),
                List.of(new StoragePlan.DiskNode("sdb", 8, 16)),
                StoragePlan.NONE.trees());

        // When
        MountPlan plan = MountPlan.of(
                new RootRequest(IDS, false, Path.of("/dev/pts/7"), storage, Map.of()), INIT, List.of(), DEBIAN);

        // Then
        assertThat(plan.ownFiles().subList(0, 5))
                .extracting(step -> ((IdmappedBind) step).source().toString())
                .containsExactly("etc", "var", "home", "root", "srv");
        assertThat(plan.root()).contains(new BlockNode("/dev/sdb", 8, 16));
        assertThat(plan.root().stream()
                        .filter(Directory.class::isInstance)
                        .map(step -> ((Directory) step).target())
                        .filter(target ->
                                target.startsWith("/data") || target.startsWith("/mnt") || target.startsWith("/srv")))
                .containsExactly("/srv", "/mnt", "/data", "/data/pg", "/data/pg/wal", "/mnt/pictures", "/data/pg/old");
    }

    @Test
    void laysDownTheInit() {
        assertThat(plan(false, List.of(), DEBIAN).root())
                .contains(new Directory("/run/bulkhead", 0755))
                .anyMatch(step -> step instanceof TextFile file && file.target().equals(InitProgram.SCRIPT));
    }

    private static List<CgroupMount> v1Groups() {
        return List.of(
                new CgroupMount("", "tmpfs", "mode=755", false),
                new CgroupMount("memory", "cgroup", "memory", false),
                new CgroupMount("systemd", "cgroup", "none,name=systemd", true));
    }

    private static FileSystem groupMount(String below, String type, String options) {
        return new FileSystem(
                "/sys/fs/cgroup" + below,
                type,
                Set.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC),
                options);
    }

    private static MountPlan plan(boolean hostOpt, List<CgroupMount> groups, HostLayout layout) {
        return MountPlan.of(
                new RootRequest(IDS, hostOpt, Path.of("/dev/pts/7"), StoragePlan.NONE, SHOWN), INIT, groups, layout);
    }

    private static List<String> targets(MountPlan plan) {
        return plan.steps().stream()
                .filter(step -> step instanceof IdmappedBind || step instanceof IdmappedBindIfPresent)
                .map(MountPlanTest::target)
                .toList();
    }

    private static String target(MountStep step) {
        if (step instanceof IdmappedBindIfPresent optional) {
            return optional.bind().target();
        }
        return step instanceof IdmappedBind bind ? bind.target() : "";
    }
}
