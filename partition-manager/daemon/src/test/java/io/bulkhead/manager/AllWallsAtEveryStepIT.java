package io.bulkhead.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.State;
import io.bulkhead.manager.network.NetworkException;
import io.bulkhead.manager.network.NetworkTools;
import io.bulkhead.manager.network.ProgramTools;
import io.bulkhead.manager.server.TestClient;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.start.TestGround.Holdings;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A partition with all walls at once, whose start and stop fail or die at each thing that they ask of the kernel and of the
 * network's programs. Needs root and all that walls need.
 */
class AllWallsAtEveryStepIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Order START = new Order.StartPartition(AllWallsGround.DB);
    private static final Order STOP = new Order.StopPartition(AllWallsGround.DB, false);
    private static final Order KILL = new Order.StopPartition(AllWallsGround.DB, true);
    private static final int KILLED = 137;
    private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private AllWallsGround ground;

    @BeforeEach
    void make() throws IOException {
        ground = new AllWallsGround();
    }

    /** A test that has failed left its partition to this. */
    @AfterEach
    void remove() throws Exception {
        if (Files.exists(ground.settings.stateDirectory().resolve("records/db.json"))) {
            try (Victim last = new Victim(ground, 0)) {
                last.ask(KILL);
                last.ask(new Order.DeletePartition(AllWallsGround.DB, true));
                last.ask(new Order.ShutDown(false));
            }
        }
        ground.close();
    }

    // ---- each call fails

    /** What this process has of partitions; its connections and its event loop are as they are. */
    private static List<String> held() {
        List<String> held = new ArrayList<>(Holdings.now().files());
        held.removeIf(target -> target.startsWith("socket:") || target.startsWith("anon_inode:[event"));
        held.addAll(Holdings.now().children());
        return held;
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void nothingIsLeftWhicheverCallOfAStartOrAStopFails() throws IOException {
        AtomicBoolean armed = new AtomicBoolean();
        Tripwire wire = new Tripwire(armed::get, call -> {
            if (call.contains(" ")) {
                throw new NetworkException(call + ": made to fail");
            }
            throw new ErrnoException(call, new Errno(5), "made to fail");
        });
        Manager manager = Manager.start(ground.settings, wire.on(new JnaSyscalls()), wire.on(new ProgramTools()));
        try (TestClient orders = new TestClient(ground.settings.managerSocket())) {
            assertThat(orders.ask(ground.definition())).isInstanceOf(Reply.Partition.class);
            List<String> refusals = new ArrayList<>();
            for (Order order : List.of(START, STOP, KILL)) {
                failEach(order, orders, wire, armed, refusals);
            }
            assertThat(refusals).isNotEmpty().allSatisfy(words -> assertThat(words)
                    .contains("made to fail"));
            orders.ask(new Order.DeletePartition(AllWallsGround.DB, true));
            assertThat(orders.ask(new Order.ShutDown(false))).isEqualTo(new Reply.Done());
        } finally {
            manager.close();
        }
    }

    private void failEach(Order order, TestClient orders, Tripwire wire, AtomicBoolean armed, List<String> refusals)
            throws IOException {
        // Once for the classes, once to count.
        int all = 0;
        for (int i = 0; i < 2; i++) {
            prepare(order, orders);
            wire.set(0);
            armed.set(true);
            assertThat(orders.ask(order)).isInstanceOf(Reply.Partition.class);
            armed.set(false);
            all = wire.count();
        }
        rest(orders);
        List<String> resting = settledInKernel();
        List<String> heldResting = held();
        for (int call : AllWallsGround.points(all, 1)) {
            prepare(order, orders);
            wire.set(call);
            armed.set(true);
            Reply reply = orders.ask(order);
            armed.set(false);
            if (reply instanceof Reply.Refused refused) {
                refusals.add(refused.problem().detail());
            }

            rest(orders);
            await().alias(order + ", call " + call + " of " + all + ": " + wire.tripped() + ", " + reply)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> {
                        isNoMoreThan(ground.inKernel(), resting);
                        isNoMoreThan(held(), heldResting);
                    });
        }
        prepare(STOP, orders);
        assertThat(((Reply.Certified) orders.ask(new Order.VerifyPartition(AllWallsGround.DB)))
                        .certificate()
                        .promises())
                .hasSizeGreaterThan(12)
                .allMatch(Promise::held);
        System.out.printf("all walls: %s has %d calls%n", order.getClass().getSimpleName(), all);
    }

    /** Less there may be: what is made beside for the next run is made by the next start if that has failed. */
    private static void isNoMoreThan(List<String> now, List<String> before) {
        List<String> more = new ArrayList<>(now);
        before.forEach(more::remove);
        assertThat(more).isEmpty();
    }

    private List<String> settledInKernel() {
        return await().atMost(PATIENCE).until(ground::inKernel, first -> {
            TestGround.command("sleep", "0.3");
            return first.equals(ground.inKernel());
        });
    }

    /** Brings it to where an order begins. */
    private static void prepare(Order order, TestClient orders) throws IOException {
        rest(orders);
        if (order != START) {
            assertThat(orders.ask(START)).isInstanceOf(Reply.Partition.class);
        }
    }

    private static void rest(TestClient orders) throws IOException {
        Reply reply = orders.ask(KILL);
        assertThat(reply).isInstanceOf(Reply.Partition.class);
        assertThat(((Reply.Partition) reply).partition().state()).isEqualTo(State.BOUND);
    }

    // ---- each call is the manager's last

    @Test
    void nothingIsLeftHalfMadeWhereverTheManagerIsKilled() throws Exception {
        Path count = ground.directory.resolve("count");
        List<String> resting;
        try (Victim first = new Victim(ground, 0)) {
            assertThat(first.ask(ground.definition())).isInstanceOf(Reply.Partition.class);
            for (Order order : List.of(START, STOP)) {
                assertThat(first.ask(order)).isInstanceOf(Reply.Partition.class);
            }
            resting = settledInKernel();
            first.kill();
        }
        for (Order order : List.of(START, STOP)) {
            int all = 0;
            try (Victim counting = new Victim(ground, 0)) {
                prepare(order, counting.orders);
                counting.arm(true);
                assertThat(counting.ask(order)).isInstanceOf(Reply.Partition.class);
                counting.arm(false);
                all = Integer.parseInt(Files.readString(count).strip());
                counting.kill();
            }
            for (int call : AllWallsGround.points(all, 4)) {
                try (Victim victim = new Victim(ground, call)) {
                    recovered(victim, resting, order + " before call " + call);
                    prepare(order, victim.orders);
                    victim.arm(true);
                    victim.dieOf(order);
                }
            }
            System.out.printf(
                    "all walls: killed in the %d calls of %s%n",
                    all, order.getClass().getSimpleName());
        }
        try (Victim last = new Victim(ground, 0)) {
            recovered(last, resting, "at the end");
            last.ask(new Order.DeletePartition(AllWallsGround.DB, true));
            assertThat(last.ask(new Order.ShutDown(false))).isEqualTo(new Reply.Done());
        }
    }

    /** What the manager before has left is whole: it runs with everything, or rests with nothing of a run. */
    private void recovered(Victim victim, List<String> resting, String what) throws IOException {
        PartitionStatus found = ((Reply.Partition) victim.ask(new Order.ShowPartition(AllWallsGround.DB))).partition();
        assertThat(found.state()).as(what).isIn(State.RUNNING, State.BOUND);
        if (found.state() == State.RUNNING) {
            assertThat(((Reply.Certified) victim.ask(new Order.VerifyPartition(AllWallsGround.DB)))
                            .certificate()
                            .promises())
                    .as(what)
                    .hasSizeGreaterThan(12)
                    .allMatch(Promise::held);
            rest(victim.orders);
        }
        await().alias(what).atMost(PATIENCE).untilAsserted(() -> assertThat(ground.inKernel())
                .isEqualTo(resting));
    }

    /** A manager in a process of its own that kills itself at a call, once a file says that calls count. */
    static final class Victim implements AutoCloseable {
        private final AllWallsGround ground;
        private final Process process;
        private final TestClient orders;

        Victim(AllWallsGround ground, int call) throws IOException {
            this.ground = ground;
            Path ready = ground.settings.runDirectory().resolve("manager.pid");
            Files.deleteIfExists(ready);
            arm(false);
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Djna.tmpdir=/tmp",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            ground.config.toString(),
                            Integer.toString(call))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            ground.directory.resolve("log").toFile()))
                    .start();
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(ready) || !process.isAlive());
            assertThat(process.isAlive())
                    .as(TestGround.readOrEmpty(ground.directory.resolve("log")))
                    .isTrue();
            orders = new TestClient(ground.settings.managerSocket());
        }

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]).getParent();
            Path armed = directory.resolve("armed");
            Syscalls real = new JnaSyscalls();
            Tripwire wire = new Tripwire(
                    () -> Files.exists(armed),
                    call -> real.signal(real.openProcess(ProcessHandle.current().pid()), 9));
            wire.set(Integer.parseInt(arguments[1]));
            NetworkTools tools = wire.on(new ProgramTools());
            Manager manager = Manager.start(SettingsLoader.load(Path.of(arguments[0]), Map.of()), wire.on(real), tools);
            Thread counter = new Thread(() -> keepCount(wire, directory.resolve("count")), "counter");
            counter.setDaemon(true);
            counter.start();
            manager.awaitLeave();
            manager.close();
        }

        /** Nobody else can know how far it has come. */
        private static void keepCount(Tripwire wire, Path file) {
            try {
                while (true) {
                    Files.writeString(file, wire.count() + "\n");
                    LockSupport.parkNanos(COUNT_NANOS);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        Reply ask(Order order) throws IOException {
            return orders.ask(order);
        }

        void arm(boolean armed) throws IOException {
            Path file = ground.directory.resolve("armed");
            if (armed) {
                Files.createFile(file);
            } else if (Files.deleteIfExists(file)) {
                // The count is written down by and by.
                TestGround.command("sleep", "0.2");
            }
        }

        /** Gives the order, which is not answered any more, unless there were fewer calls this time. */
        void dieOf(Order order) throws IOException, InterruptedException {
            try {
                orders.ask(order);
            } catch (IOException | AssertionError e) {
                // It died under it.
            }
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                kill();
            }
            assertThat(process.exitValue()).isEqualTo(KILLED);
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() throws IOException {
            orders.close();
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted before the manager has ended", e);
            }
        }
    }
}
