package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.harness.proof.Proves;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slices lie well on machines with threads and nodes. */
@Alone("it has whole CPUs, which no other instance may have")
class PlacementIT {
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
    @RequiresHost(threads = true, cpus = 4)
    @Proves("the threads of a core never have two owners")
    void noCoreHasTwoOwners() {
        List<CpuSet> slices = new ArrayList<>();
        while (host.run("define", "p" + slices.size(), "--cpus", "2", "--memory", "32MiB")
                        .status()
                == 0) {
            slices.add(host.wholeCpus("p" + slices.size()));
        }

        assertThat(slices).isNotEmpty();
        CpuSet given = slices.stream().reduce(CpuSet.EMPTY, CpuSet::union);
        CpuSet hosts = ThisHost.onlineCpus().minus(given);
        slices.add(hosts);
        for (CpuSet owner : slices) {
            for (int cpu : owner.ids()) {
                assertThat(owner.containsAll(ThisHost.siblings(cpu)))
                        .as("siblings of CPU %d in %s", cpu, owner)
                        .isTrue();
            }
        }
    }

    @Test
    @RequiresHost(nodes = 2, cpus = 4)
    @Proves("a slice stays on one node where it fits")
    void noSliceCrossesNodesWhereItFits() {
        int placed = 0;
        while (host.run("define", "p" + placed, "--cpus", "2", "--memory", "32MiB")
                        .status()
                == 0) {
            CpuSet slice = host.wholeCpus("p" + placed);
            assertThat(ThisHost.cpusOfNode(ThisHost.nodeOf(slice.ids().get(0))).containsAll(slice))
                    .as("slice %s", slice)
                    .isTrue();
            placed++;
        }
        assertThat(placed).isPositive();
    }
}
