package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.console.client.Attached;
import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.LagPolicy;
import io.bulkhead.console.protocol.Start;
import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.harness.proof.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our processes may be killed at any instruction; partitions do not notice and nothing stays half-made. */
@Alone("it compares what the whole host has before and after")
class CrashIT {
    private static final long SEED = 20_261_122;

    private Installation host;

    @BeforeEach
    void install() {
        host = Installation.up();
    }

    @AfterEach
    void remove() {
        host.close();
    }

    @Test
    @Proves("partitions do not notice that our processes die")
    void aKilledControlPlaneDisturbsNoPartition() {
        host.run("define", "calm", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "64MiB")
                .expect(0);
        host.run("start", "calm").expect(0);
        long init = host.show("calm").pid().orElseThrow();

        Installation.kill(host.controlPlanePid());

        assertThat(Files.exists(Path.of("/proc/" + init))).isTrue();
        host.run("list").expect(7);
        host.run("up").expect(0);
        assertThat(host.show("calm").state()).isEqualTo(State.RUNNING);
        assertThat(host.show("calm").pid()).contains(init);
        assertThat(host.exec("calm", "echo still here").out()).isEqualTo("still here\n");
    }

    @Test
    @Proves("partitions do not notice that our processes die")
    void aShellInTheMiddleOfItsWorkDoesNotNoticeThatTheManagerDied() throws IOException {
        // Given bash with a variable and a loop at work on the console
        host.run("define", "busy", "--cpus", ThisHost.partOfCpu("0.2"), "--memory", "64MiB")
                .expect(0);
        host.run("start", "busy").expect(0);
        // What is typed before a shell is ready may be thrown away by it.
        host.awaitConsole("busy", "# ");
        type("busy", "\nmine=before-the-crash\n");
        type("busy", "for i in 1 2 3 4 5 6 7 8 9 10; do echo tick-$i; sleep 0.3; done; echo sum-$((40+2))\n");
        host.awaitConsole("busy", "tick-2");
        long init = host.show("busy").pid().orElseThrow();

        // When the manager is killed and a new one comes
        Installation.kill(host.managerPid());
        host.run("up").expect(0);

        // Then it has adopted the partition, the loop goes on to its end, and the shell still knows its variable
        assertThat(host.show("busy").pid()).contains(init);
        host.awaitConsole("busy", "sum-42");
        type("busy", "echo value-$mine\n");
        host.awaitConsole("busy", "value-before-the-crash");
        host.run("verify", "busy").expect(0);
        assertThat(host.run("events").out()).contains("partition-adopted");
    }

    @Test
    @NotInTheLab("each kill takes twenty seconds there")
    @Proves("a manager killed at any moment leaves nothing half-made")
    void aManagerKilledAtAnyMomentLeavesNothingHalfMade() throws IOException {
        Random random = new Random(SEED);
        host.run("define", "victim", "--cpus", ThisHost.partOfCpu("0.3"), "--memory", "64MiB")
                .expect(0);
        HostSnapshot resting = host.snapshot();

        for (int i = 0; i < Rounds.count(); i++) {
            // When the manager is killed somewhere in a start or a stop
            boolean stops = i % 4 == 3;
            if (stops) {
                host.post("victim", "start");
            }
            Thread order = orderInBackground(stops ? "stop" : "start");
            pause(random.nextInt(60_000_000));
            Installation.kill(host.managerPid());
            join(order);
            host.run("up").expect(0);

            // Then the partition is whole: running with everything in place, or bound with nothing of a run
            State state = host.show("victim").state();
            assertThat(state).as("round %d", i).isIn(State.RUNNING, State.BOUND);
            if (state == State.RUNNING) {
                assertThat(host.exec("victim", "echo ok").out())
                        .as("round %d", i)
                        .isEqualTo("ok\n");
                host.post("victim", "stop");
            }
            await().atMost(Patience.seconds(5)).untilAsserted(() -> {
                HostSnapshot now = host.snapshot();
                assertThat(now.groups()).isEqualTo(resting.groups());
                // Somebody else on the machine may close a terminal of theirs meanwhile.
                assertThat(resting.mounts()).containsAll(now.mounts());
                assertThat(resting.terminals()).containsAll(now.terminals());
                assertThat(tasksInside()).isEmpty();
            });
        }
    }

    /** The processes in the groups of the installation's partitions. */
    private List<String> tasksInside() throws IOException {
        List<String> tasks = new ArrayList<>();
        for (String group : HostSnapshot.groups(host.name())) {
            try (Stream<Path> below = Files.walk(Path.of(group), 3)) {
                for (Path file :
                        below.filter(path -> path.endsWith("in/cgroup.procs")).toList()) {
                    tasks.addAll(Files.readAllLines(file));
                }
            }
        }
        return tasks;
    }

    private Thread orderInBackground(String verb) {
        Thread thread = new Thread(() -> {
            try {
                host.api().post("/v1/partitions/victim/" + verb, new Json.Obj(Map.of()));
            } catch (RuntimeException e) {
                // The manager dies under it: any answer is right.
            }
        });
        thread.start();
        return thread;
    }

    private static void pause(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private void type(String partition, String text) throws IOException {
        ClientMessage.Hello hello = ClientMessage.Hello.view("test", Start.now(), LagPolicy.COMPLETE)
                .wishing(Wish.TAKE_OVER);
        try (Attached console = host.api().attach(new PartitionName(partition), hello)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            console.connection().send(new ClientMessage.Input(ByteBuffer.wrap(bytes)));
            // Its echo, or the credit that comes back: it is on its way.
            console.connection().receive();
        }
    }
}
