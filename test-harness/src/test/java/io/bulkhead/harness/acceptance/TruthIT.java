package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.partition.HostStatus.Enforcement;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.Strength;
import io.bulkhead.harness.proof.Proves;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is said of a host is so: its kind, and how strongly it can hold each resource. */
@Alone("it has whole CPUs, which no other instance may have")
@Tag(RequiresHost.SPECIAL)
class TruthIT {
    private static Installation host;

    @BeforeAll
    static void install() {
        host = Installation.up();
        host.run(
                        "define",
                        "whole",
                        "--cpus",
                        ThisHost.oneCore(),
                        "--memory",
                        "64MiB",
                        "--io-read",
                        "10MiB/s",
                        "--io-write",
                        "10MiB/s",
                        "--io-read-ops",
                        "100/s",
                        "--io-write-ops",
                        "100/s")
                .expect(0);
    }

    @AfterAll
    static void remove() {
        host.close();
    }

    @Test
    @Proves("the host says truthfully what it can enforce")
    void everyPromiseIsAsStrongAsTheHostSays() {
        Map<Resource, Strength> said = host.hostStatus().enforcement().stream()
                .collect(Collectors.toMap(Enforcement::resource, Enforcement::strength));

        assertThat(host.show("whole").promises()).isNotEmpty().allSatisfy(promise -> assertThat(promise.strength())
                .as(promise.resource().toString())
                .isEqualTo(said.get(promise.resource())));
        assertThat(host.show("whole").promises()).extracting(Promise::resource).contains(Resource.IO_WRITE);
    }

    @Test
    @Proves("the host says truthfully what it can enforce")
    void doctorNamesTheControlGroupsThatThereAre() {
        HostStatus status = host.hostStatus();

        assertThat(status.cgroups().equals("v2")).isEqualTo(ThisHost.hasCgroupV2());
        assertThat(status.online()).isEqualTo(ThisHost.onlineCpus());
        assertThat(status.nodes().size()).isEqualTo(ThisHost.nodes());
        Installation.Result doctor = host.run("doctor");
        assertThat(doctor.out().lines().filter(line -> line.startsWith("control groups ")))
                .singleElement()
                .asString()
                .contains("good");
    }
}
