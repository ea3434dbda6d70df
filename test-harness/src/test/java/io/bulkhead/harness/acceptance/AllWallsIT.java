package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.State;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Partitions that have everything at once: volumes and shares, a network with rates, peers and a published port, views,
 * walls of their own, and I/O limits; one on whole CPUs, one on a part of one. However often they come and go, and whenever
 * the manager dies, nothing is left of them.
 */
@Alone("it has whole CPUs, which no other instance may have")
class AllWallsIT {
    private static final long SEED = 20_261_127;

    private Installation host;
    private PlainNetwork.Station outside;
    private Path shared;

    @BeforeEach
    void install() throws IOException {
        int number = Installation.networkByte();
        host = Installation.create();
        String uplink = "up" + Integer.toHexString(host.name().hashCode());
        outside = new PlainNetwork.Station(uplink, "02:00:00:00:01:02", "198.19." + number + ".2");
        PlainNetwork.host("ip address add 198.19." + number + ".1/24 dev " + uplink);
        PlainNetwork.host("ip link set " + uplink + " up");
        PlainNetwork.forward(uplink);
        Files.writeString(
                host.config(),
                "[network]\nsubnet = 10.216." + number + ".0/24\nuplink = " + uplink + "\n",
                StandardOpenOption.APPEND);
        shared = Files.createDirectory(host.directory().resolve("shared"));
        Files.writeString(shared.resolve("file"), "shared\n");
    }

    @AfterEach
    void remove() {
        host.close();
        outside.close();
    }

    private void up() {
        host.run("up").expect(0);
        // Others on this host may have the CPUs for themselves for a while; then it shares them, and the rest is the
        // same.
        Installation.Result whole = define("whole", ThisHost.oneCore(), "part", "29080");
        if (whole.status() != 0) {
            System.out.println("all walls: without whole CPUs, since "
                    + whole.err().lines().findFirst().orElse("?"));
            define("whole", "0.2", "part", "29080").expect(0);
        }
        define("part", "0.2", "whole", "29081").expect(0);
    }

    private Installation.Result define(String name, String cpus, String peer, String port) {
        List<String> words = new ArrayList<>(List.of("define", name, "--cpus", cpus, "--memory", "96MiB"));
        words.addAll(List.of("--storage", "64MiB", "--volume", "data=16MiB:/srv/data"));
        words.addAll(List.of("--share", shared + ":/srv/share"));
        words.addAll(List.of("--network", "in=100Mbit/s,out=50Mbit/s", "--peer", peer, "--publish", port + ":80"));
        words.addAll(List.of("--deny", "ptrace", "--drop", "net_raw"));
        words.addAll(List.of("--io-read", "50MiB/s", "--io-write", "50MiB/s"));
        return host.run(words.toArray(String[]::new));
    }

    private void round() {
        host.post("whole", "start");
        host.post("part", "start");
        host.post("whole", "stop");
        host.post("part", "stop");
    }

    /** What it has, as itself sees it. */
    private void hasEverything(String name) {
        PartitionStatus status = host.show(name);
        assertThat(status.promises()).as(name).allMatch(Promise::held).hasSizeGreaterThan(12);
        assertThat(host.exec(
                                name,
                                "cat /srv/share/file; touch /srv/data/x && stat -c %u /srv/data/x; cat /sys/class/net/eth0/operstate")
                        .out())
                .as(name)
                .isEqualTo("shared\n0\nup\n");
    }

    @Test
    @NotInTheLab("rounds take a minute each there")
    @Proves("nothing is left behind")
    void roundsOfStartAndStopLeaveEverythingWhereItWas() {
        InstallationSnapshot untouched = host.ownSnapshot();
        up();
        host.run("start", "whole", "part").expect(0);
        hasEverything("whole");
        hasEverything("part");
        host.run("stop", "whole", "part").expect(0);
        // The first rounds load classes and fill caches that stay by design.
        for (int i = 0; i < 5; i++) {
            round();
        }
        settle();
        InstallationSnapshot before = host.ownSnapshot();
        LeaksIT.Held held = held();
        long begin = System.nanoTime();

        for (int i = 0; i < Rounds.count(); i++) {
            round();
        }

        System.out.printf(
                "all walls: %d rounds of two partitions, %d ms each%n",
                Rounds.count(), (System.nanoTime() - begin) / 1_000_000 / Rounds.count());
        // What is made for the next run is made beside.
        await().atMost(Patience.seconds(10))
                .untilAsserted(() -> assertThat(host.ownSnapshot()).isEqualTo(before));
        assertThat(held().threads()).isLessThanOrEqualTo(held.threads() + 2);
        host.run("down", "--yes").expect(0);
        assertThat(host.ownSnapshot()).isEqualTo(untouched);
    }

    private LeaksIT.Held held() {
        try {
            return LeaksIT.Held.by(host.managerPid());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void settle() {
        await().atMost(Patience.seconds(10)).until(() -> {
            InstallationSnapshot first = host.ownSnapshot();
            pause(300);
            return first.equals(host.ownSnapshot());
        });
    }

    @Test
    @NotInTheLab("kills take a minute each there")
    @Proves("a manager killed at any moment leaves nothing half-made")
    void aManagerKilledAtAnyMomentLeavesNothingHalfMade() {
        up();
        round();
        settle();
        InstallationSnapshot resting = host.ownSnapshot();
        Random random = new Random(SEED);

        for (int i = 0; i < Rounds.count() / 5; i++) {
            // When the manager is killed somewhere in both starts or both stops
            String verb = i % 3 == 2 ? "stop" : "start";
            if (verb.equals("stop")) {
                host.post("whole", "start");
                host.post("part", "start");
            }
            List<Thread> orders = List.of(inBackground("whole", verb), inBackground("part", verb));
            pause(random.nextInt(400));
            Installation.kill(host.managerPid());
            orders.forEach(AllWallsIT::join);
            host.run("up").expect(0);

            // Then each is whole: running with everything in place, or bound with nothing of a run
            for (String name : List.of("whole", "part")) {
                State state = host.show(name).state();
                assertThat(state).as("round %d, %s", i, name).isIn(State.RUNNING, State.BOUND);
                if (state == State.RUNNING) {
                    hasEverything(name);
                    host.post(name, "stop");
                }
            }
            await().atMost(Patience.seconds(10)).untilAsserted(() -> {
                InstallationSnapshot now = host.ownSnapshot();
                assertThat(now.mounts()).isEqualTo(resting.mounts());
                assertThat(now.groups()).isEqualTo(resting.groups());
                assertThat(now.loopDevices()).isEqualTo(resting.loopDevices());
                assertThat(now.interfaces()).isEqualTo(resting.interfaces());
                assertThat(now.rules()).isEqualTo(resting.rules());
                assertThat(now.terminals()).isEqualTo(resting.terminals());
                assertThat(now.processes()).hasSameSizeAs(resting.processes());
                assertThat(ofPartitions(now)).isEqualTo(ofPartitions(resting));
            });
        }
    }

    /** Descriptors but those of connections, which a manager has the more, the longer it has been there. */
    private static Map<String, Long> ofPartitions(InstallationSnapshot snapshot) {
        Map<String, Long> held = new TreeMap<>(snapshot.descriptors());
        held.keySet().removeIf(target -> target.startsWith("anon_inode:[event") || target.startsWith("socket:"));
        return held;
    }

    private Thread inBackground(String name, String verb) {
        Thread thread = new Thread(() -> {
            try {
                host.post(name, verb);
            } catch (RuntimeException e) {
                // The manager dies under it: any answer is right.
            }
        });
        thread.start();
        return thread;
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void join(Thread thread) {
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }
}
