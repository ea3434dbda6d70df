package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.Hardening;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.cgroup.Cgroups;
import io.bulkhead.manager.init.Departure;
import io.bulkhead.manager.init.InitProgram;
import io.bulkhead.manager.restraint.Restrainer;
import io.bulkhead.manager.restraint.Restraints;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import io.bulkhead.manager.sys.jna.LibSeccomp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Everything a partition needs on this machine, in a directory of its own, and gone afterwards. */
public final class TestGround implements AutoCloseable {
    /** Of the password "slice-42". */
    private static final String PASSWORD_HASH =
            "$6$bulkheadtest$fX2SQIvahsftpbSNSbKIlvZQK5mSrMWYjC26nPeQpKLI5jQgEBC5h1o/WBGS7i69FY5fncWWdzdvz9j0m66V60";

    private static final String SHADOW =
            "root:HASH:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\njoe:*:19000:0:99999:7:::\n";

    /** Which of the JVMs this is that run tests side by side, from 1 on. */
    public static final int JVM = Integer.getInteger("bulkhead.test.jvm", 1);

    /** The first of 64 ranges that no other JVM's tests use. */
    public static final UidRange RANGE = new UidRange(1_900_019_712L + (JVM - 1) * 64L * UidRange.SIZE);

    /** Instances with control groups of this name cannot be two at a time. */
    public static final String INSTANCE = "bulkhead-t-start" + JVM;

    public static final PartitionName NAME = new PartitionName("t-start");

    public final Syscalls sys = new JnaSyscalls();
    public final Cgroups cgroups;
    public final PartitionStarter starter;
    public final Path directory;
    public final Path files;

    private final List<RunningPartition> running = new ArrayList<>();

    public TestGround() {
        this(new GrouplessCgroups());
    }

    public TestGround(Cgroups cgroups) {
        this.cgroups = cgroups;
        try {
            directory = Files.createTempDirectory("bulkhead-start-");
            files = Files.createDirectory(directory.resolve("files"));
            lay();
            starter = new PartitionStarter(sys, cgroups, Files.createDirectory(directory.resolve("root")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A byte for an address, at random, so that what was there before is forgotten, and no other JVM's: 1 to 240. */
    public static int networkByte() {
        return 1 + 60 * ((JVM - 1) % 4) + ThreadLocalRandom.current().nextInt(60);
    }

    private void lay() throws IOException {
        command("cp", "-a", "/etc", files.resolve("etc").toString());
        for (String name :
                List.of("home", "root", "srv", "var/lib/dpkg", "var/log", "var/tmp", "var/cache", "var/mail")) {
            Files.createDirectories(files.resolve(name));
        }
        Files.createSymbolicLink(files.resolve("var/run"), Path.of("/run"));
        Files.createSymbolicLink(files.resolve("var/lock"), Path.of("/run/lock"));
        command("chmod", "1777", files.resolve("var/tmp").toString());
        Path etc = files.resolve("etc");
        Files.writeString(etc.resolve("shadow"), SHADOW.replace("HASH", PASSWORD_HASH));
        Files.writeString(etc.resolve("passwd"), "joe:x:4242:4242::/home:/bin/sh\n", StandardOpenOption.APPEND);
        Files.writeString(etc.resolve("hostname"), NAME + "\n");
        Files.writeString(etc.resolve("fstab"), "");
        // None that could be asked from inside; the host's would be waited for.
        Files.deleteIfExists(etc.resolve("resolv.conf"));
        Files.writeString(etc.resolve("resolv.conf"), "");
        Files.writeString(
                etc.resolve("machine-id"), UUID.randomUUID().toString().replace("-", "") + "\n");
    }

    public StartRequest request(Init init, boolean automaticLogin) {
        return new StartRequest(NAME, init, RANGE, files, true, automaticLogin, restraints(init));
    }

    /** Those of the kind of init. */
    public static Restraints restraints(Init init) {
        return new Restrainer(new LibSeccomp(), Path.of("/proc"))
                .of(init, ByteSize.ofMebibytes(512), Hardening.DEFAULT);
    }

    public RunningPartition boot(Init init, boolean automaticLogin) {
        return boot(init, automaticLogin, (running, undo) -> {});
    }

    public RunningPartition boot(Init init, boolean automaticLogin, Starter.BeforeRelease beforeRelease) {
        RunningPartition partition = starter.start(request(init, automaticLogin), beforeRelease);
        running.add(partition);
        return partition;
    }

    /** From now on the ground answers for the adopted one. */
    public void adopted(RunningPartition earlier, RunningPartition now) {
        running.remove(earlier);
        running.add(now);
    }

    /** Kills a partition and waits until its holder is reaped. */
    public void kill(RunningPartition partition) {
        signal(partition, 9);
        awaitEnd(partition, Duration.ofSeconds(10));
    }

    private void signal(RunningPartition partition, int signal) {
        if (sys.pollEnd(partition.initFd()).isEmpty()) {
            sys.signal(partition.initFd(), signal);
        }
    }

    /** Waits until process 1 and then the holder have ended; the holder is reaped. */
    private ProcessEnd awaitEnd(RunningPartition partition, Duration patience) {
        await().pollInterval(Duration.ofMillis(2)).atMost(patience).until(() -> !new ProcessTable(Path.of("/proc"))
                .isRunning(partition.init()));
        Optional<ProcessEnd> holder = Endings.await(sys, partition.holderFd(), 5_000);
        assertThat(holder).isPresent();
        ProcessEnd end = Departure.endOfProcess1(sys.pollEnd(partition.initFd()).orElseThrow(), holder.orElseThrow());
        running.remove(partition);
        partition.close();
        return end;
    }

    public ProcessEnd stop(RunningPartition partition, Init init) {
        signal(partition, InitProgram.of(init, NAME, false).stopSignal());
        return awaitEnd(partition, Duration.ofSeconds(20));
    }

    /** What this process and the host have, to be compared before and after. */
    public record Holdings(List<String> files, List<String> threads, long mounts, List<String> children) {
        /** With all mounts of the host: nobody else may make any meanwhile, so the test is {@code @Alone}. */
        public static Holdings now() {
            return now("");
        }

        /** With the mounts below a directory. */
        public static Holdings below(Path directory) {
            return now(directory.toString());
        }

        private static Holdings now(String place) {
            return new Holdings(
                    openFiles(),
                    Thread.getAllStackTraces().keySet().stream()
                            .map(Thread::getName)
                            // The compiler's and the garbage collector's come and go as they like.
                            .filter(name -> name.startsWith("boot-") || name.startsWith("enter-"))
                            .toList(),
                    lines(Path.of("/proc/self/mountinfo"), place),
                    ProcessHandle.current()
                            .children()
                            .map(child ->
                                    child.pid() + " " + child.info().command().orElse("?"))
                            .sorted()
                            .toList());
        }

        /**
         * What its descriptors lead to, but for what the virtual machine opens as it likes: archives of classes, and the
         * limits of the control groups it is in itself.
         */
        private static List<String> openFiles() {
            try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
                return fds.flatMap(fd -> target(fd).stream())
                        .filter(target -> !target.matches(
                                ".*\\.(jar|jsa)|.*/lib/modules|/proc/\\d+/fd|/sys/fs/cgroup/(?!.*bulkhead).*"))
                        // One that is made anew for each run has another number each time.
                        .map(target -> target.replaceFirst("^net:\\[\\d+]$", "a network"))
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Empty for what was closed since it was listed. */
        private static Optional<String> target(Path fd) {
            try {
                return Optional.of(Files.readSymbolicLink(fd).toString());
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        private static long lines(Path file, String text) {
            try (Stream<String> lines = Files.lines(file)) {
                return lines.filter(line -> line.contains(text)).count();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Processes anywhere on the host that belong to the partition's ids, in "pid command" form. */
    public static List<String> processesOfRange() {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(TestGround::belongsToRange)
                    .map(path -> path.getFileName() + " "
                            + readOrEmpty(path.resolve("comm")).strip())
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean belongsToRange(Path process) {
        return readOrEmpty(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> Long.parseLong(line.split("\t")[1]))
                .anyMatch(uid -> uid >= RANGE.base() && uid < RANGE.base() + UidRange.SIZE);
    }

    public static String readOrEmpty(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }

    public static String command(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            // Closed here: the virtual machine does so only some time after the end, and tests count what is open.
            process.getErrorStream().close();
            process.getOutputStream().close();
            try (InputStream said = process.getInputStream()) {
                String output = new String(said.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                return output;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        List.copyOf(running).forEach(this::kill);
        starter.close();
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
