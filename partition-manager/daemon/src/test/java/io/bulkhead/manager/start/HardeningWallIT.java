package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.manager.hardening.DeviceWall;
import io.bulkhead.manager.hardening.HardeningWall;
import io.bulkhead.manager.record.PartitionRecord;
import io.bulkhead.manager.restraint.Restrainer;
import io.bulkhead.manager.sys.jna.BpfCalls;
import io.bulkhead.manager.sys.jna.LibSeccomp;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real partition was born with is what was meant, and a difference is seen; needs root. */
class HardeningWallIT {
    private final TestGround ground = new TestGround();
    private Optional<String> otherHolder = Optional.empty();
    private final HardeningWall wall = new HardeningWall(
            ground.cgroups,
            new DeviceWall(new BpfCalls()),
            new Restrainer(new LibSeccomp(), Path.of("/proc")),
            range -> otherHolder,
            Path.of("/proc"));

    @AfterEach
    void clean() {
        ground.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsBackWhatEveryKindOfInitWasBornWith(boolean systemd) {
        Init init = systemd ? new Init.Systemd(List.of()) : new Init.Shell();
        RunningPartition partition = ground.boot(init, true);

        List<Promise> promises = wall.readBack(record(init, Hardening.DEFAULT), Optional.of(partition));

        assertThat(promises).allMatch(Promise::held);
        assertThat(promises)
                .extracting(Promise::resource)
                .containsExactly(
                        Resource.USER_IDS, Resource.CAPABILITIES, Resource.SYSTEM_CALLS, Resource.KERNEL_OBJECTS);
        assertThat(promises.get(3).readBack()).contains("inotify_instances 128", "net_namespaces 32");
    }

    @Test
    void seesWhatIsNotAsTheDefinitionHasIt() {
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        Hardening other = new Hardening(
                List.of(),
                List.of(),
                List.of("net_raw"),
                Optional.of(new Hardening.KernelObjects(Optional.of(5L), Optional.empty(), Optional.empty())));
        otherHolder = Optional.of("/etc/subuid gives the ids to joe");

        List<Promise> promises = wall.readBack(record(new Init.Shell(), other), Optional.of(partition));

        assertThat(promises.stream().filter(promise -> !promise.held()))
                .extracting(Promise::resource)
                .containsExactly(Resource.USER_IDS, Resource.CAPABILITIES, Resource.KERNEL_OBJECTS);
        assertThat(promises.get(0).reason().orElseThrow()).contains("/etc/subuid gives the ids to joe");
        assertThat(promises.get(1).readBack()).isEqualTo("CapBnd b4ecfdff");
    }

    @Test
    void promisesNothingOfAPartitionThatHasEnded() {
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        ground.kill(partition);

        assertThat(wall.readBack(record(new Init.Shell(), Hardening.DEFAULT), Optional.of(partition)))
                .noneMatch(Promise::held);
    }

    private static PartitionRecord record(Init init, Hardening hardening) {
        Claim claim =
                new Claim(new CpuClaim.Part(new CpuMillis(100)), ByteSize.ofMebibytes(512), 64, IoSlice.UNLIMITED);
        PartitionSpec spec = new PartitionSpec(TestGround.NAME, claim, init, false, false, 10_000, Optional.empty());
        return new PartitionRecord(
                spec.with(Optional.empty(), List.of(), Optional.of(hardening)),
                Optional.empty(),
                TestGround.RANGE,
                "g-1",
                true,
                Optional.empty());
    }
}
