package io.bulkhead.manager.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.InsidePath;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Share;
import io.bulkhead.manager.life.PartitionDirectories;
import io.bulkhead.manager.start.GrouplessCgroups;
import io.bulkhead.manager.start.PartitionStarter;
import io.bulkhead.manager.start.RunningPartition;
import io.bulkhead.manager.start.TestGround;
import io.bulkhead.manager.start.TestGround.Holdings;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.manager.undo.Undo;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever fails or dies, and whenever: no loop device, mount, descriptor or half-made volume stays; needs root. */
class NoStorageIsLeftIT {
    private final StorageGround ground = new StorageGround(Optional.empty());

    @AfterEach
    void clean() {
        ground.close();
    }

    @Test
    void leavesNothingWhicheverSystemCallOfAStartFails() {
        // Given
        ground.define(
                StorageGround.own(48, StorageGround.volume("data", 16, "/srv/data")),
                new Share("/usr/share", new InsidePath("/srv/share"), false));
        ground.start();
        ground.stop();
        Holdings before = holdings();
        List<String> failures = new ArrayList<>();

        // When
        int call = 1;
        while (!bootsWhenCallFails(call, failures)) {
            // Then
            await().alias("after call " + call + ": " + failures.get(failures.size() - 1))
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        assertThat(ground.parts.loops().below(ground.directory)).isEmpty();
                        assertThat(holdings()).isEqualTo(before);
                    });
            call++;
        }
        assertThat(call).isGreaterThan(130);
    }

    /** Of the host's mounts only ours: others come and go on a machine in use. */
    private Holdings holdings() {
        return Holdings.below(ground.ground.directory);
    }

    private boolean bootsWhenCallFails(int call, List<String> failures) {
        AtomicInteger left = new AtomicInteger(call);
        Syscalls failing = on(ground.sys, name -> {
            if (left.decrementAndGet() == 0) {
                throw new ErrnoException(name, new Errno(5), "made to fail");
            }
        });
        ground.cgroups.openPayload(TestGround.NAME, TestGround.RANGE, false);
        try (PartitionStarter starter =
                new PartitionStarter(failing, ground.cgroups, ground.ground.directory.resolve("root"))) {
            StorageWall wall = StorageParts.ofHost(
                            failing,
                            ground.directory.getParent(),
                            List.of(),
                            PartitionDirectories::removeWholeTree,
                            starter::userNamespace)
                    .wall(ground.cgroups, false, beside -> {});
            try (Undo undo = new Undo()) {
                undo.push("clear", () -> wall.afterRun(TestGround.NAME));
                RunningPartition running = starter.start(
                        wall.beforeBoot(ground.record, StorageGround.request(ground.directory), undo),
                        (processes, back) -> wall.beforeRelease(ground.record, processes, back));
                ground.ground.kill(running);
                undo.keep();
                wall.afterRun(TestGround.NAME);
            }
            return left.get() > 0;
        } catch (RuntimeException e) {
            failures.add(String.valueOf(e.getMessage()));
            return false;
        }
    }

    @Test
    void leavesNoHalfMadeVolumeWhicheverSystemCallFails() {
        for (int call = 1; ; call++) {
            // Given
            AtomicInteger left = new AtomicInteger(call);
            Syscalls failing = on(ground.sys, name -> {
                if (left.decrementAndGet() == 0) {
                    throw new ErrnoException(name, new Errno(5), "made to fail");
                }
            });
            StorageWall wall = StorageParts.ofHost(
                            failing,
                            ground.directory.getParent(),
                            List.of(),
                            PartitionDirectories::removeWholeTree,
                            ground.ground.starter::userNamespace)
                    .wall(ground.cgroups, false, beside -> {});

            // When
            try {
                wall.bind(StorageGround.record(
                        Optional.of(StorageGround.own(48, StorageGround.volume("data", 16, "/srv/data"))),
                        ground.record.definition().claim().io(),
                        List.of()));
                assertThat(call).isGreaterThan(4);
                return;
            } catch (RuntimeException e) {
                // Then
                ground.wall.bind(ground.record);
                assertThat(ground.directory.resolve("etc/hostname")).exists();
                assertThat(ground.directory.toFile().list())
                        .noneMatch(name -> name.contains(".ext4") || name.equals("before-volume"));
                assertThat(ground.directory.resolve("volumes").toFile().list())
                        .satisfiesAnyOf(names -> assertThat(names).isNull(), names -> assertThat(names)
                                .isEmpty());
            }
        }
    }

    /** Kills itself at the n-th call of a start. */
    static final class Victim {
        public static void main(String[] arguments) {
            int call = Integer.parseInt(arguments[2]);
            AtomicInteger left = new AtomicInteger(call);
            Syscalls real = new JnaSyscalls();
            Syscalls deadly = on(real, name -> {
                if (left.decrementAndGet() == 0) {
                    real.signal(real.openProcess(ProcessHandle.current().pid()), 9);
                }
            });
            Path partitions = Path.of(arguments[0]);
            GrouplessCgroups groups = new GrouplessCgroups();
            PartitionStarter starter = new PartitionStarter(deadly, groups, Path.of(arguments[1]));
            StorageWall wall = StorageParts.ofHost(deadly, partitions, List.of(), path -> {}, starter::userNamespace)
                    .wall(groups, false, beside -> {});
            var record = StorageGround.record(
                    Optional.of(StorageGround.own(48, StorageGround.volume("data", 16, "/srv/data"))),
                    IoSlice.UNLIMITED,
                    List.of());
            Undo undo = new Undo();
            starter.start(
                    wall.beforeBoot(record, StorageGround.request(partitions.resolve(TestGround.NAME.value())), undo),
                    (processes, back) -> {
                        wall.beforeRelease(record, processes, back);
                        real.signal(real.openProcess(ProcessHandle.current().pid()), 9);
                    });
        }
    }

    @Test
    void leavesNothingWhereverAManagerIsKilled() throws IOException, InterruptedException {
        // Given
        ground.define(StorageGround.own(48, StorageGround.volume("data", 16, "/srv/data")));
        Holdings before = holdings();

        for (int call : new int[] {1, 5, 9, 12, 15, 18, 22, 26, 30, 40, 60, 90, 120, 140, 10_000}) {
            // When
            Process victim = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-Djna.tmpdir=/tmp",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            ground.directory.getParent().toString(),
                            ground.ground.directory.resolve("root").toString(),
                            Integer.toString(call))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(victim.exitValue()).as("killed at call " + call).isEqualTo(137);

            // Then
            await().alias("killed at call " + call)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        assertThat(ground.parts.loops().below(ground.directory)).isEmpty();
                        assertThat(holdings()).isEqualTo(before);
                    });
        }
        assertThat(ground.start().run("ls -d /srv/data")).contains("/srv/data");
    }

    private interface Before {
        void call(String name);
    }

    private static Syscalls on(Syscalls real, Before before) {
        return (Syscalls) Proxy.newProxyInstance(
                Syscalls.class.getClassLoader(), new Class<?>[] {Syscalls.class}, (proxy, method, arguments) -> {
                    before.call(method.getName());
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
