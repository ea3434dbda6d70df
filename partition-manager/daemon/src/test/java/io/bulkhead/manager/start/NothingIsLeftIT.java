package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.start.TestGround.Holdings;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever fails or dies, and whenever: no process, mount, descriptor, terminal or thread stays; needs root. */
@Alone("it compares what the whole host has before and after")
class NothingIsLeftIT {
    private static final Init SHELL = new Init.Shell();

    private final TestGround ground = new TestGround();

    @AfterEach
    void clean() {
        ground.close();
    }

    @Test
    void leavesNothingWhicheverSystemCallFails() {
        // Given
        ground.kill(ground.boot(SHELL, true));
        Holdings before = Holdings.now();
        List<String> messages = new ArrayList<>();

        // When
        int call = 1;
        while (!bootsWhenCallFails(call, messages)) {
            // Then
            await().alias("after call " + call + ": " + messages.get(messages.size() - 1))
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> {
                        assertThat(TestGround.processesOfRange()).isEmpty();
                        assertThat(Holdings.now()).isEqualTo(before);
                    });
            call++;
        }
        assertThat(call).isGreaterThan(100);
        assertThat(messages).allSatisfy(message -> assertThat(message).startsWith("step "));
    }

    /** Whether it booted although its n-th system call was to fail: because there is no such call. */
    private boolean bootsWhenCallFails(int call, List<String> messages) {
        AtomicInteger left = new AtomicInteger(call);
        Syscalls failing = on(ground.sys, name -> {
            if (left.decrementAndGet() == 0) {
                throw new ErrnoException(name, new Errno(5), "made to fail");
            }
        });
        try (PartitionStarter starter =
                        new PartitionStarter(failing, ground.cgroups, ground.directory.resolve("root"));
                RunningPartition partition = starter.start(ground.request(SHELL, true), (running, undo) -> {})) {
            ground.sys.signal(partition.initFd(), 9);
            Endings.await(ground.sys, partition.holderFd(), 5_000);
            // A step back may have needed it without harm to the boot: then it is not the end yet.
            return left.get() > 0;
        } catch (StartException e) {
            messages.add(e.getMessage());
            return false;
        }
    }

    interface Before {
        void call(String name);
    }

    static Syscalls on(Syscalls real, Before before) {
        return (Syscalls) Proxy.newProxyInstance(
                NothingIsLeftIT.class.getClassLoader(), new Class<?>[] {Syscalls.class}, (proxy, method, arguments) -> {
                    before.call(method.getName());
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void leavesNothingWhenTheManagerIsKilledAtAnyPoint() throws Exception {
        for (int call = 4; call < 170; call += 11) {
            // When
            Process manager = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            DyingManager.class.getName(),
                            ground.files.toString(),
                            ground.directory.resolve("root").toString(),
                            Integer.toString(call))
                    .inheritIO()
                    .start();

            // Then
            assertThat(manager.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(manager.exitValue()).as("killed at call %d", call).isEqualTo(137);
            await().alias("killed at call " + call)
                    .pollInterval(Duration.ofMillis(2))
                    .atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(TestGround.processesOfRange()).isEmpty());
        }
    }

    /** Boots a partition and kills itself before its n-th system call, at the latest before the release. */
    static final class DyingManager {
        private DyingManager() {}

        public static void main(String[] arguments) {
            AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[2]));
            Syscalls real = new JnaSyscalls();
            Syscalls deadly = on(real, name -> {
                if (left.decrementAndGet() == 0) {
                    real.signal(real.openProcess(ProcessHandle.current().pid()), 9);
                }
            });
            StartRequest request = new StartRequest(
                    TestGround.NAME,
                    SHELL,
                    TestGround.RANGE,
                    Path.of(arguments[0]),
                    true,
                    true,
                    TestGround.restraints(SHELL));
            new PartitionStarter(deadly, new GrouplessCgroups(), Path.of(arguments[1]))
                    .start(
                            request,
                            (running, undo) -> real.signal(
                                    real.openProcess(ProcessHandle.current().pid()), 9));
        }
    }

    @Test
    void leavesNothingWhenTheCheckBeforeTheReleaseFails() {
        // Given
        ground.kill(ground.boot(SHELL, true));
        Holdings before = Holdings.now();

        // When
        assertThatThrownBy(() -> ground.starter.start(ground.request(SHELL, true), (running, undo) -> {
                    throw new IllegalStateException("memory is not as promised");
                }))
                .isInstanceOf(StartException.class)
                .hasMessage("step 15, prove the walls and the promises: memory is not as promised");

        // Then
        awaitNothingMoreThan(before);
    }

    @Test
    void leavesNothingWhenThePartitionsFilesAreMissing() throws IOException {
        // Given
        ground.kill(ground.boot(SHELL, true));
        Holdings before = Holdings.now();
        Files.move(ground.files.resolve("home"), ground.files.resolve("home-away"));

        // When
        assertThatThrownBy(() -> ground.boot(SHELL, true))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("step 7, build the root: open_tree(")
                .hasMessageContaining("/files/home")
                .hasMessageContaining("ENOENT (2)");

        // Then
        awaitNothingMoreThan(before);
    }

    @Test
    void endsCompletelyWhenProcess1IsKilled() {
        // Given
        ground.kill(ground.boot(SHELL, true));
        Holdings before = Holdings.now();
        RunningPartition partition = ground.boot(SHELL, true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
            console.run("for i in 1 2 3 4 5 6 7 8 9; do setsid sh -c 'trap \"\" TERM HUP; sleep 1000' & done");
        }

        // When
        ground.kill(partition);

        // Then
        awaitNothingMoreThan(before);
    }

    @Test
    void holdsNoMoreAfterFiftyBootsThanAfterOne() {
        // Given
        ground.kill(ground.boot(SHELL, true));
        Holdings before = Holdings.now();

        // When
        for (int round = 0; round < 50; round++) {
            ground.kill(ground.boot(SHELL, true));
        }

        // Then
        awaitNothingMoreThan(before);
    }

    @Test
    void keepsThePartitionFromPlantingCodeForTheHost() throws IOException {
        // Given: the dynamic loader of every program that starts in a root reads this file of it
        Files.writeString(ground.files.resolve("etc/ld.so.preload"), "/var/planted.so\n");

        // When
        RunningPartition partition = ground.boot(SHELL, true);

        // Then: only programs of the partition itself complain, none that ran before its release
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("ERROR: ld.so: object '/var/planted.so' from /etc/ld.so.preload cannot be preloaded");
            console.expect("# ");
        }
    }

    @Test
    void treatsALinkInThePartitionsFilesAsThePartitionWould() throws IOException {
        // Given
        Files.delete(ground.files.resolve("var/lib/dpkg"));
        Files.createSymbolicLink(ground.files.resolve("var/lib/dpkg"), Path.of("/etc"));

        // When
        RunningPartition partition = ground.boot(SHELL, true);

        // Then
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
            assertThat(console.run("grep -c dpkg /proc/self/mountinfo")).startsWith("0\n");
        }
    }

    private static void awaitNothingMoreThan(Holdings before) {
        await().pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(TestGround.processesOfRange()).isEmpty();
            assertThat(Holdings.now()).isEqualTo(before);
        });
    }
}
