package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.admission.Holding;
import io.bulkhead.manager.sys.RecordingSyscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageAdmissionTest {
    private static final Path PARTITIONS = Path.of("/var/lib/bulkhead/partitions");
    private static final long FREE = StorageAdmission.KEPT.bytes() + ByteSize.ofMebibytes(1000).bytes();

    @TempDir
    Path root;

    private final Map<Path, Long> allocated = new HashMap<>();

    private StorageAdmission admission(String fileSystem) {
        return new StorageAdmission(
                PARTITIONS,
                Optional.of(fileSystem),
                () -> FREE,
                file -> allocated.getOrDefault(file, 0L),
                new BlockDevices(root),
                new ShareSources(new RecordingSyscalls(), List.of(Path.of("/var/lib/bulkhead")), range -> {
                    throw new IllegalStateException("not asked for");
                }));
    }

    private Optional<Problem> refuse(StorageSlice storage, Holding... others) {
        assumeTrue(Files.exists(Path.of("/usr/sbin/mke2fs")), "needs e2fsprogs");
        PartitionSpec spec = spec("db", storage);
        return admission("ext4").refuse(spec, slice(spec), List.of(others));
    }

    private static PartitionSpec spec(String name, StorageSlice storage) {
        Claim claim = new Claim(
                new CpuClaim.Part(new CpuMillis(100)),
                ByteSize.ofMebibytes(64),
                64,
                IoSlice.UNLIMITED,
                false,
                Optional.of(storage),
                Optional.empty());
        return new PartitionSpec(
                new PartitionName(name), claim, new Init.Shell(), false, false, 1000, Optional.empty());
    }

    private static Slice slice(PartitionSpec spec) {
        return Slice.of(
                spec.claim(),
                new CpuSlice.Part(new CpuMillis(100)),
                NodeSet.of(0));
    }

    private static Holding holding(String name, StorageSlice storage, boolean bound) {
        PartitionSpec spec = spec(name, storage);
        return new Holding(spec, bound ? Optional.of(slice(spec)) : Optional.empty(), new UidRange(65_536));
    }

    private static StorageSlice own(long mebibytes) {
        return StorageSlice.of(ByteSize.ofMebibytes(mebibytes));
    }

    private static StorageSlice disks(String... names) {
        return new StorageSlice(Optional.empty(), List.of(), List.of(names));
    }

    @Test
    void givesWhatIsFreeToTheLastByteAndNoMore() {
        assertThat(refuse(own(1000))).isEmpty();
        assertThat(refuse(own(1001)).orElseThrow().detail())
                .isEqualTo("storage: 1001MiB more asked, 1000MiB free; the host keeps 512MiB");
    }

    @Test
    void countsWhatOthersHoldAndHaveNotYetAlsoWhileTheyAreReleased() {
        // Given one that is made in full, and one that is not
        allocated.put(PARTITIONS.resolve("web/own.ext4"), 700L << 20);
        Holding made = holding("web", own(700), true);
        Holding promised = holding("ci", own(600), false);

        assertThat(refuse(own(400), made, promised)).isEmpty();
        assertThat(refuse(own(401), made, promised).orElseThrow().holders())
                .containsExactly("web holds 700MiB", "ci holds 600MiB", "the host keeps 512MiB");
    }

    @Test
    void asksForTheGrowthOnly() {
        allocated.put(PARTITIONS.resolve("db/own.ext4"), 3000L << 20);

        assertThat(refuse(own(4000))).isEmpty();
        assertThat(refuse(own(4001)).orElseThrow().detail()).startsWith("storage: 1001MiB more asked");
    }

    @Test
    void refusesAFileSystemThatDoesNotKeepItsBlocks() {
        assumeTrue(Files.exists(Path.of("/usr/sbin/mke2fs")), "needs e2fsprogs");
        PartitionSpec spec = spec("db", own(16));

        Problem problem =
                admission("btrfs").refuse(spec, slice(spec), List.of()).orElseThrow();

        assertThat(problem.code()).isEqualTo(ProblemCode.NOT_ENFORCEABLE);
        assertThat(problem.detail()).startsWith("volumes cannot be kept on btrfs");
    }

    @Test
    void refusesDisksThatAreNotThereMountedSwapHeldOrSomebodysElse() throws IOException {
        disk("sda", "8:0", 4096);
        part("sda", "sda1", "8:1");
        part("sda", "sda2", "8:2");
        disk("sdb", "8:16", 4096);
        disk("sdc", "8:32", 4096);
        disk("sdd", "8:48", 0);
        Files.createDirectories(root.resolve("sys/devices/sdc/holders/dm-0"));
        file("proc/self/mountinfo", "30 1 8:1 / / rw shared:1 - ext4 /dev/root rw\n");
        file("proc/swaps", "Filename Type Size\n/dev/sda2 partition 100 0 -2\n");

        assertThat(refuse(disks("sdb"))).isEmpty();
        assertThat(refuse(disks("sda")).orElseThrow().detail())
                .isEqualTo("the disk sda is in use: sda1 is mounted on /, sda2 is swap space");
        assertThat(refuse(disks("sda2")).orElseThrow().detail()).contains("sda2 is swap space");
        assertThat(refuse(disks("sdc")).orElseThrow().detail()).contains("sdc is part of dm-0");
        assertThat(refuse(disks("sdd")).orElseThrow().detail()).isEqualTo("there is no disk sdd");
        assertThat(refuse(disks("sdz")).orElseThrow().detail()).isEqualTo("there is no disk sdz");
        assertThat(refuse(disks("sdb"), holding("web", disks("sdb"), false))
                        .orElseThrow()
                        .holders())
                .containsExactly("web holds sdb");
        part("sdb", "sdb1", "8:17");
        assertThat(refuse(disks("sdb"), holding("web", disks("sdb1"), true))
                        .orElseThrow()
                        .holders())
                .containsExactly("web holds sdb1");
        assertThat(refuse(disks("sdb1"), holding("web", disks("sdb"), true))
                        .orElseThrow()
                        .holders())
                .containsExactly("web holds sdb");
    }

    @Test
    void tellsDisksByTheirNamesInTheWorld() throws IOException {
        disk("nvme0n1", "259:0", 4096);
        file("sys/devices/nvme0n1/wwid", "eui.0025385b\n");
        part("nvme0n1", "nvme0n1p2", "259:2");

        assertThat(new BlockDevices(root).find("nvme0n1p2"))
                .contains(new BlockDevices.BlockDevice(
                        "nvme0n1p2", "259:2", "nvme0n1", "259:0", 512L * 64, "eui.0025385b part 2"));
    }

    @Test
    void sharesNothingOfOursNorOfTheKernels() {
        for (String source : List.of("/var/lib/bulkhead", "/var/lib", "/var/lib/bulkhead/partitions/web", "/sys/fs")) {
            PartitionSpec spec = spec("db", own(16))
                    .with(
                            Optional.empty(),
                            List.of(new Share(source, new InsidePath("/srv/x"), false)),
                            Optional.empty());
            assertThat(admission("ext4")
                            .refuse(spec, slice(spec), List.of())
                            .orElseThrow()
                            .code())
                    .as(source)
                    .isEqualTo(ProblemCode.NOT_PERMITTED);
        }
    }

    private void disk(String name, String number, long sectors) throws IOException {
        Path real = root.resolve("sys/devices").resolve(name);
        file("sys/devices/" + name + "/dev", number + "\n");
        file("sys/devices/" + name + "/size", sectors + "\n");
        Files.createDirectories(root.resolve("sys/class/block"));
        Files.createSymbolicLink(root.resolve("sys/class/block").resolve(name), real);
    }

    private void part(String disk, String name, String number) throws IOException {
        String real = "sys/devices/" + disk + "/" + name;
        file(real + "/dev", number + "\n");
        file(real + "/size", "64\n");
        file(real + "/partition", number.substring(number.length() - 1) + "\n");
        Files.createSymbolicLink(root.resolve("sys/class/block").resolve(name), root.resolve(real));
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
