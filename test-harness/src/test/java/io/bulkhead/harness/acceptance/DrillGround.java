package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulkhead.contract.partition.Resource;
import io.bulkhead.contract.partition.State;
import io.bulkhead.harness.acceptance.Installation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/**
 * An installation with a running partition for each kind of init, whose root tries what it must not be able to do. A drill's
 * method begins with its numbers in partition-manager/SECURITY.md: {@code d07ToD09}, {@code d12AndD13}.
 */
final class DrillGround implements AutoCloseable {
    static final String SHELL = "shell";
    static final String SERVICE = "service";
    static final String SYSTEMD = "systemd";

    /** What every script here begins with: {@code try CALL ARGUMENTS} prints the error's name, or REACHED. */
    private static final String TRY = """
            my %%number = (%s);
            sub try { my $name = shift; $! = 0;
              my $answer = syscall($number{$name}, @_);
              my ($error) = grep { exists $!{$_} && $!{$_} } keys %%!;
              print "$name ", ($answer >= 0 ? "REACHED" : $error), "\\n"; $answer }
            """.formatted(Calls.ofThisMachine());

    private static final Path SYSTEMD_OF_THE_HOST = Path.of("/usr/lib/systemd/systemd");

    private static final Map<String, List<String>> DEFINITIONS = Map.of(
            SHELL, List.of("define", SHELL, "--cpus", ThisHost.partOfCpu("0.1"), "--memory", "128MiB"),
            SERVICE, List.of("define", SERVICE, "--cpus", ThisHost.partOfCpu("0.1"), "--memory", "128MiB"),
            SYSTEMD,
                    List.of(
                            "define",
                            SYSTEMD,
                            "--cpus",
                            ThisHost.partOfCpu("0.2"),
                            "--memory",
                            "384MiB",
                            "--init",
                            "systemd"));

    private final Installation host;

    private DrillGround(Installation host) {
        this.host = host;
    }

    /**
     * Brings it up; without systemd where the host has none.
     *
     * @param options of every definition
     */
    static DrillGround up(String... options) {
        DrillGround ground = new DrillGround(Installation.up());
        try {
            ground.define(SHELL, options);
            ground.define(SERVICE, options, "--service", "/usr/bin/sleep", "--", "1d");
            if (Files.isExecutable(SYSTEMD_OF_THE_HOST)) {
                ground.define(SYSTEMD, options);
            }
            return ground;
        } catch (RuntimeException | AssertionError e) {
            ground.close();
            throw e;
        }
    }

    private void define(String partition, String[] options, String... init) {
        List<String> words = new ArrayList<>(definition(partition));
        words.addAll(Arrays.asList(options));
        words.addAll(Arrays.asList(init));
        host.run(words.toArray(String[]::new)).expect(0);
        host.post(partition, "start");
    }

    private static List<String> definition(String partition) {
        return DEFINITIONS.getOrDefault(partition, List.of());
    }

    Installation host() {
        return host;
    }

    /** Another partition than this one, for whoever asks what a neighbour notices. */
    static String neighbourOf(String partition) {
        return partition.equals(SHELL) ? SERVICE : SHELL;
    }

    /** Where the partition's own files are on the host, if they are on no volume. */
    Path filesOf(String partition) {
        return host.directory().resolve("state/partitions").resolve(partition);
    }

    /** Runs a shell script inside, as root; both streams are in the result's output. */
    Result shell(String partition, String script) {
        require(partition);
        return host.exec(partition, "exec 2>&1\n" + script);
    }

    /** Runs Perl inside, as root, and returns what it printed. Its text has no single quotes. */
    String inside(String partition, String perl) {
        require(partition);
        return host.exec(partition, command(perl) + " 2>&1").out();
    }

    /** The shell's command line for a script of {@link #inside}. */
    static String command(String perl) {
        if (perl.contains("'")) {
            Assertions.fail("a single quote ends the script: " + perl);
        }
        return "perl -MErrno -e '" + TRY + perl + "'";
    }

    private static void require(String partition) {
        assumeTrue(
                !partition.equals(SYSTEMD) || Files.isExecutable(SYSTEMD_OF_THE_HOST),
                "the host has no systemd, so no partition boots it");
    }

    /** The same as root of a plain user namespace, which has no other wall. */
    static String inPlainUserNamespace(String perl) {
        return Commands.run(
                        List.of("unshare", "--user", "--map-root-user", "perl", "-MErrno", "-e", TRY + perl),
                        "",
                        Patience.seconds(20))
                .out();
    }

    /** The same as the host's root. */
    static String onTheHost(String perl) {
        return Commands.run(List.of("perl", "-MErrno", "-e", TRY + perl), "", Patience.seconds(20))
                .out();
    }

    /** A shell script as the host's root, in a mount namespace that goes with it. */
    static Result onTheHostAside(String script) {
        return Commands.run(List.of("unshare", "--mount", "sh", "-c", script), "", Patience.seconds(20));
    }

    /** Process 1 and its parent, the holder, in the host's numbering. */
    long init(String partition) {
        return host.show(partition).pid().orElseThrow();
    }

    long holder(String partition) {
        String stat = ThisHost.text(Path.of("/proc/" + init(partition) + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
    }

    long memoryBytes(String partition) {
        return host.show(partition).slice().orElseThrow().memory().bytes();
    }

    /** What the manager has in memory now; proc(5), VmRSS. */
    long managerMemoryBytes() {
        return Long.parseLong(ThisHost.line(Path.of("/proc/" + host.managerPid() + "/status"), "VmRSS:")
                        .get(1))
                << 10;
    }

    /** How many processes there are with ids of the partition. */
    long processesOf(String partition) {
        long base = host.show(partition).uidRange().base();
        return ProcessHandle.allProcesses()
                .filter(process -> isOf(base, process.pid()))
                .count();
    }

    private static boolean isOf(long base, long pid) {
        try {
            String status = Files.readString(Path.of("/proc/" + pid + "/status"));
            long uid = Long.parseLong(
                    status.substring(status.indexOf("\nUid:\t") + 6).split("\t", 2)[0]);
            return uid >= base && uid < base + 65_536;
        } catch (IOException e) {
            // It has ended.
            return false;
        }
    }

    /** The file of the host that holds its limit of memory, whichever version its groups are of. */
    Path limitOf(String partition) {
        return host.show(partition).promises().stream()
                .filter(promise -> promise.resource() == Resource.MEMORY)
                .map(promise -> Path.of(promise.evidence()))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until commands run inside. */
    void awaitRunning(String partition) {
        await().atMost(Patience.seconds(30)).until(() -> host.show(partition).state() == State.RUNNING);
        await().atMost(Patience.seconds(30))
                .untilAsserted(() ->
                        assertThat(host.exec(partition, "echo here").out()).isEqualTo("here\n"));
    }

    /** What a drill may have cost the partition's own processes is back: it runs, and all it was promised is held. */
    void recover(String partition) {
        await().atMost(Patience.seconds(30)).until(() -> host.show(partition).state() != State.STARTING);
        if (host.show(partition).state() != State.RUNNING) {
            host.run("start", partition).expect(0);
        }
        awaitRunning(partition);
        await().atMost(Patience.seconds(10))
                .until(() -> host.run("verify", partition).status() == 0);
    }

    @Override
    public void close() {
        host.close();
    }
}
