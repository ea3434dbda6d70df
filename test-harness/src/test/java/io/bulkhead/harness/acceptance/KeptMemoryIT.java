package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.FrameStream;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A partition's memory stays its own when somebody else wants all there is, and lies beside its CPUs. */
@Alone("it fills the memory")
@RequiresHost(cgroupV2 = true, disposable = true)
class KeptMemoryIT {
    private static final int HELD_MIB = 100;
    private static final int KILLED = 137;
    private static final Pattern ON_NODE = Pattern.compile(" N(\\d+)=(\\d+)");

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
    @Proves("a partition's memory stays when the host wants all of it")
    void aHostHogDiesAndThePartitionKeepsItsPages() throws Exception {
        try (Resident resident = Resident.in("kept")) {
            long before = resident.bytes();

            try (Hog hog = Hog.ofMemory()) {
                assertThat(hog.process().waitFor(Patience.seconds(20).toSeconds(), TimeUnit.SECONDS))
                        .as("the hog found an end")
                        .isTrue();
                assertThat(hog.process().exitValue()).isEqualTo(KILLED);
            }

            assertThat(resident.bytes()).isGreaterThanOrEqualTo(before);
            assertThat(resident.kills()).isZero();
            host.run("verify", "kept").expect(0);
        }
    }

    @Test
    @Proves("a partition's memory stays when its neighbour wants all of it")
    void aNeighbourHogDiesAndThePartitionKeepsItsPages() throws Exception {
        host.run("define", "hog", "--cpus", "0.1", "--memory", "96MiB").expect(0);
        host.run("start", "hog").expect(0);
        try (Resident resident = Resident.in("kept")) {
            long before = resident.bytes();

            Installation.Result eaten = host.exec("hog", "perl -e 'push @x, \"x\" x (8 << 20) . $i++ while 1'");

            assertThat(eaten.status()).isEqualTo(KILLED);
            assertThat(resident.bytes()).isGreaterThanOrEqualTo(before);
            assertThat(resident.kills()).isZero();
            assertThat(host.exec("hog", "echo alive").out()).isEqualTo("alive\n");
        }
    }

    @Test
    @RequiresHost(nodes = 2)
    @Proves("a partition's memory is on the node of its CPUs")
    void memoryIsOnTheNodeOfTheCpus() throws Exception {
        try (Resident resident = Resident.in("kept")) {
            Slice slice = host.show("kept").slice().orElseThrow();
            NodeSet ofCpus =
                    NodeSet.of(ThisHost.nodeOf(host.wholeCpus("kept").ids().get(0)));
            assertThat(slice.memoryNodes()).isEqualTo(ofCpus);

            long here = 0;
            for (String line : ThisHost.text(Path.of("/proc/" + resident.pid() + "/numa_maps"))
                    .lines()
                    .filter(each -> each.contains("anon="))
                    .toList()) {
                Matcher node = ON_NODE.matcher(line);
                while (node.find()) {
                    assertThat(ofCpus.contains(Integer.parseInt(node.group(1))))
                            .as(line)
                            .isTrue();
                    here += Long.parseLong(node.group(2));
                }
            }
            assertThat(here).isGreaterThan(HELD_MIB * 256L);
        }
    }

    /** A program in a partition that has touched much memory and holds it. */
    private record Resident(String partition, FrameStream stream, long pid) implements AutoCloseable {
        static Resident in(String partition) throws IOException {
            host.run("define", partition, "--cpus", ThisHost.oneCore(), "--memory", HELD_MIB * 2 + "MiB")
                    .expect(0);
            host.run("start", partition).expect(0);
            FrameStream stream = host.open(
                    partition,
                    // Pieces that differ, or Perl would share one among all
                    "exec perl -e '$| = 1; push @x, \"y\" x (1 << 20) . $_ for 1 .. " + HELD_MIB
                            + "; print \"held\"; sleep 10000'");
            String said = new String(stream.receive().orElseThrow().payload(), StandardCharsets.UTF_8);
            assertThat(said).isEqualTo("held");
            List<Long> pids = host.processesOf(partition).stream()
                    .filter(pid -> ThisHost.nameOf(pid).equals(Optional.of("perl")))
                    .toList();
            assertThat(pids).hasSize(1);
            return new Resident(partition, stream, pids.get(0));
        }

        /** What it has of its own; pages of /usr are everybody's, and charged to whoever read them first. */
        long bytes() {
            return Long.parseLong(ThisHost.line(Path.of("/proc/" + pid + "/status"), "RssAnon:")
                            .get(1))
                    << 10;
        }

        /** How often the kernel killed in the partition. */
        long kills() {
            return Long.parseLong(ThisHost.line(host.groupOf(partition).resolve("memory.events"), "oom_kill")
                    .get(1));
        }

        @Override
        public void close() throws IOException {
            stream.close();
            await().atMost(Patience.seconds(10))
                    .until(() -> host.processesOf(partition).stream().noneMatch(each -> each == pid));
        }
    }
}
