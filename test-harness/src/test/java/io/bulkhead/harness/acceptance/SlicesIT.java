package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slices are admitted once, read back, watched, and given back. */
@Alone("it has whole CPUs, which no other instance may have")
class SlicesIT {
    private static Installation host;

    @BeforeAll
    static void install() {
        host = Installation.up();
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @AfterEach
    void deletePartitions() {
        host.deletePartitions();
    }

    @Test
    @Proves("nothing is overcommitted")
    void refusesTheSecondWholeCpuWhereThereIsOnlyOne() {
        // Given as many whole CPUs in use as this machine can give
        long free = freeWholeCpus();
        host.run("define", "first", "--cpus", Long.toString(free), "--memory", "64MiB")
                .expect(0);
        Json before = host.api().get("/v1/partitions");

        // When one more is asked for
        Installation.Result second = host.run("define", "second", "--cpus", ThisHost.oneCore(), "--memory", "64MiB");

        // Then it is refused with the holder's name, and nothing has changed
        second.expect(5);
        assertThat(second.err()).contains("first").contains("fix:");
        assertThat(host.api().get("/v1/partitions")).hasToString(before.toString());
        assertThat(HostSnapshot.groups(host.name())).noneMatch(group -> group.contains("second"));
    }

    @Test
    @Proves("nothing is overcommitted")
    void refusesMoreMemoryThanThereIs() {
        Installation.Result result = host.run("define", "greedy", "--cpus", "0.1", "--memory", "900GiB");

        result.expect(5);
        assertThat(result.err()).contains("memory").contains("host");
    }

    @Test
    @Proves("every promise is read back from the kernel")
    void everyPromiseIsReadBackAndHolds() {
        host.run(
                        "define",
                        "whole",
                        "--cpus",
                        ThisHost.oneCore(),
                        "--memory",
                        "128MiB",
                        "--tasks",
                        "100",
                        "--io-write",
                        "20MiB/s")
                .expect(0);

        host.run("start", "whole").expect(0);

        PartitionStatus status = host.show("whole");
        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(status.promises()).isNotEmpty().allSatisfy(promise -> {
            assertThat(promise.held()).as(promise.toString()).isTrue();
            assertThat(Path.of(promise.evidence())).isAbsolute().exists();
        });
        host.run("verify", "whole").expect(0);
        assertThat(host.exec("whole", "nproc").out().strip()).isEqualTo(ThisHost.oneCore());
    }

    @Test
    @Proves("a limit changed behind our back is noticed")
    void aLimitChangedBehindOurBackIsSeenWithinTwoSeconds() throws IOException {
        // Given a running partition
        host.run("define", "watched", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "128MiB")
                .expect(0);
        host.run("start", "watched").expect(0);
        Path limit = memoryLimit("watched");

        // When somebody changes its memory limit in the kernel
        long before = degradations("watched");
        Files.writeString(limit, Long.toString(96L << 20));

        // Then an event tells
        await().atMost(Patience.seconds(2)).until(() -> degradations("watched") > before);
        if (!ThisHost.hasCgroupV2()) {
            // Version 1 leaves it to the administrator: shown with the reason, verify fails, until it is put back
            assertThat(host.show("watched").degraded())
                    .anySatisfy(reason -> assertThat(reason).contains("96MiB"));
            host.run("verify", "watched").expect(10);
            Files.writeString(limit, Long.toString(128L << 20));
        }

        // And it is repaired
        await().atMost(Patience.seconds(3)).until(() -> ThisHost.text(limit), Long.toString(128L << 20)::equals);
        await().atMost(Patience.seconds(3))
                .until(() -> host.show("watched").degraded().isEmpty());
        host.run("verify", "watched").expect(0);
    }

    private static long degradations(String partition) {
        return host.run("events")
                .expect(0)
                .out()
                .lines()
                .filter(line -> line.contains("partition-degraded") && line.contains(partition))
                .count();
    }

    @Test
    @Proves("a partition that eats too much memory is killed inside, alone")
    void aHungryPartitionIsKilledInsideAlone() {
        host.run("define", "hungry", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "64MiB")
                .expect(0);
        host.run("start", "hungry").expect(0);

        Installation.Result eaten = host.exec("hungry", "perl -e 'my $x = \"x\" x (200<<20); print length $x'");

        assertThat(eaten.status()).isEqualTo(137);
        assertThat(host.exec("hungry", "echo alive").out()).isEqualTo("alive\n");
    }

    @Test
    @Proves("a fork bomb ends at its limit")
    void aForkBombEndsAtTheLimit() {
        host.run("define", "bomb", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "128MiB", "--tasks", "40")
                .expect(0);
        host.run("start", "bomb").expect(0);

        Installation.Result forked = host.exec(
                "bomb",
                "perl -e '$| = 1; my ($n, @kids) = (0); while (defined(my $p = fork)) { if (!$p) { sleep 30; exit }"
                        + " push @kids, $p; last if ++$n > 200 } print $n; kill 9, @kids'");

        assertThat(forked.out()).matches("\\d{1,2}");
    }

    @Test
    void releaseGivesTheSliceBackAndBindTakesItAgain() {
        long free = freeWholeCpus();
        host.run("define", "first", "--cpus", Long.toString(free), "--memory", "64MiB")
                .expect(0);

        host.run("release", "first", "--yes").expect(0);

        assertThat(host.show("first").state()).isEqualTo(State.DEFINED);
        assertThat(freeWholeCpus()).isEqualTo(free);
        host.run("start", "first").expect(4);
        host.run("bind", "first").expect(0);
        assertThat(freeWholeCpus()).isZero();
    }

    private static long freeWholeCpus() {
        Json.Obj answer = (Json.Obj) host.api().get("/v1/host");
        List<Json> owners = ((Json.Array) answer.members().get("owners")).items();
        return owners.stream()
                .filter(each -> ((Json.Obj) each).members().get("owner").equals(Json.of("free")))
                .count();
    }

    private static Path memoryLimit(String partition) {
        String evidence = host.show(partition).promises().stream()
                .filter(promise -> promise.resource() == io.bulkhead.contract.partition.Resource.MEMORY)
                .findFirst()
                .orElseThrow()
                .evidence();
        return Path.of(evidence);
    }
}
