package io.bulkhead.harness.lab;

import io.bulkhead.harness.lab.HostCommand.Tail;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One guest at work: QEMU, the server of its share, and its agent. Whatever happens in it, every call ends by its deadline,
 * and {@link #close} leaves neither process nor file but the serial log.
 */
final class Guest implements AutoCloseable {
    private static final Duration BOOT_DEADLINE = Duration.ofMinutes(4);
    private static final Duration HELPER_DEADLINE = Duration.ofMinutes(1);
    private static final int TAIL = 40;
    private static final String MONITOR = "monitor.sock";
    private static final String PANIC = "Kernel panic - not syncing";

    /**
     * What an emulated machine does at times until it is up, with what its kernel says then: a processor runs the breakpoint
     * with which the kernel patches code when that has been taken away already; one does not wake from its halt.
     */
    private static final Map<String, String> ACCIDENTS =
            Map.of(PANIC, "its kernel panicked", "detected stalls on CPUs", "one of its processors does not wake");

    /** How often a boot is tried anew after one of them. */
    private static final int MOST_RESETS = 3;

    /** Of the directories in which guests work; the process that works there follows. */
    private static final String PREFIX = "bh-lab-";

    private static final Pattern OWNED = Pattern.compile(PREFIX + "(\\d+)-.*");

    private final Path directory;
    private final Path serialLog;
    private final Process files;
    private final Process machine;
    private final AgentLine agent;
    /** For somebody's Ctrl-c. */
    private final Thread atExit;

    private int scripts;
    /** Where the present boot begins in the serial log, in characters. */
    private int bootStart;

    private Guest(Path directory, Path serialLog, Process files, Process machine, AgentLine agent) {
        this.directory = directory;
        this.serialLog = serialLog;
        this.files = files;
        this.machine = machine;
        this.agent = agent;
        this.atExit = new Thread(() -> stop(machine, files, directory), "guest-end");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * What a guest is made of.
     *
     * @param checkout the built sources that it gets
     * @param classPath of the tests; empty when none are to run
     * @param serialLog where its serial log goes; stays
     * @param interactive whether this terminal is its first serial line
     */
    record Plan(
            Topology topology,
            GuestImage image,
            Path checkout,
            List<Path> classPath,
            Path serialLog,
            boolean interactive) {
        public Plan {
            classPath = List.copyOf(classPath);
        }
    }

    /** Starts a guest; it is not up yet. */
    static Guest start(Plan plan) throws IOException, InterruptedException {
        // Sockets must have short names.
        removeLeftovers();
        Path directory =
                Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-");
        Process files = null;
        Process machine = null;
        try {
            Path share = Files.createDirectory(directory.resolve("share"));
            Path payload = directory.resolve("payload.img");
            Payload.write(plan.checkout(), plan.classPath(), plan.image().training(), directory, payload);
            Path data = directory.resolve("data.img");
            String size = Long.toString(plan.topology().diskSize().bytes() >> 10) + "k";
            HostCommand.run(
                    List.of("mke2fs", "-q", "-t", "ext4", "-L", "data", data.toString(), size),
                    directory.resolve("data.log"),
                    HELPER_DEADLINE);
            Path filesSocket = directory.resolve("files.sock");
            files = HostCommand.start(
                    List.of(fileServer(), "--socket-path=" + filesSocket, "-o", "source=" + share),
                    directory.resolve("files.log"));
            QemuCommand command = new QemuCommand(
                    plan.topology(),
                    plan.image().kernel(),
                    plan.image().root(),
                    payload,
                    data,
                    filesSocket,
                    directory.resolve("agent.sock"),
                    directory.resolve(MONITOR),
                    plan.serialLog(),
                    plan.interactive());
            Wait.until(HELPER_DEADLINE, () -> Files.exists(filesSocket), () -> "the file server does not start");
            machine = plan.interactive()
                    ? HostCommand.startOnTerminal(command.arguments())
                    : HostCommand.start(command.arguments(), directory.resolve("qemu.log"));
            AgentLine agent = AgentLine.open(directory.resolve("agent.sock"), machine, directory.resolve("qemu.log"));
            return new Guest(directory, plan.serialLog(), files, machine, agent);
        } catch (IOException | InterruptedException | RuntimeException e) {
            stop(machine, files, directory);
            throw e;
        }
    }

    /** What a process that was killed could not remove. */
    private static void removeLeftovers() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            for (Path each : all.toList()) {
                Matcher owned = OWNED.matcher(each.getFileName().toString());
                if (owned.matches()
                        && ProcessHandle.of(Long.parseLong(owned.group(1))).isEmpty()) {
                    GuestImage.deleteTree(each);
                }
            }
        }
    }

    /** The program that serves directories; Debian 12 has it with QEMU, later ones in a package of its own. */
    private static String fileServer() {
        for (String program : List.of("/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd")) {
            if (Files.isExecutable(Path.of(program))) {
                return program;
            }
        }
        throw new LabFailure("there is no virtiofsd here; install virtiofsd, or qemu-system-common on Debian 12");
    }

    /** The directory that the guest has at {@code /lab}. */
    Path share() {
        return directory.resolve("share");
    }

    /** Whether a test left a report in the share. */
    boolean hasReports() {
        return Files.isDirectory(share().resolve("reports"));
    }

    /** Waits until a boot is done and the agent waits for work; one that fails by an accident of emulation is tried anew. */
    void awaitReady(Consumer<String> progress) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + BOOT_DEADLINE.toNanos();
        int resets = 0;
        String shown = "";
        while (!agent.takeReady()) {
            Optional<String> accident = accident();
            if (accident.isPresent() && resets < MOST_RESETS) {
                resets++;
                progress.accept(accident.get() + ", as happens under emulation; resetting it");
                bootStart = log().length();
                new MachineMonitor(directory.resolve(MONITOR)).reset();
                end = System.nanoTime() + BOOT_DEADLINE.toNanos();
            }
            check("it booted", end, BOOT_DEADLINE);
            String last = lastStep();
            if (!last.equals(shown)) {
                progress.accept("%3d s %s"
                        .formatted(Duration.ofNanos(System.nanoTime() - start).toSeconds(), last));
                shown = last;
            }
            Wait.aMoment();
        }
    }

    /** Restarts the guest and waits until it is up again; disks keep what is on them. */
    void reboot(Consumer<String> progress) throws IOException, InterruptedException {
        bootStart = log().length();
        submit("systemctl --no-block reboot; sleep infinity");
        awaitReady(progress);
    }

    /** Runs a script of bash in the guest as root; what it prints appears in the streams meanwhile. The answer is its status. */
    int run(String script, Duration deadline, OutputStream out, OutputStream err)
            throws IOException, InterruptedException {
        int number = submit(script);
        long end = System.nanoTime() + deadline.toNanos();
        try (Follower outputs = new Follower(share().resolve(number + ".out"), out);
                Follower errors = new Follower(share().resolve(number + ".err"), err)) {
            while (true) {
                Optional<Integer> status = agent.status(number);
                outputs.copy();
                errors.copy();
                if (status.isPresent()) {
                    return status.get();
                }
                check("the command ended", end, deadline);
                Wait.aMoment();
            }
        }
    }

    private int submit(String script) throws IOException {
        int number = ++scripts;
        Files.writeString(share().resolve(number + ".sh"), script + "\n");
        agent.submit(number);
        return number;
    }

    /** Waits until somebody powers the guest off. */
    void awaitEnd() throws InterruptedException {
        machine.waitFor();
    }

    private Optional<String> accident() {
        String log = log().substring(bootStart);
        return ACCIDENTS.entrySet().stream()
                .filter(each -> log.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private String lastStep() {
        return log().lines()
                .map(line -> line.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").strip())
                .filter(line -> line.startsWith("[  OK  ] Reached") || line.startsWith("[    0.000000] Linux"))
                .reduce("starting", (first, second) -> second)
                .replaceAll("^\\[[^]]*] |(?<=Linux version \\S{1,80}) .*", "");
    }

    private void check(String what, long end, Duration deadline) {
        if (!machine.isAlive()) {
            throw failure("the guest ended before " + what);
        }
        if (log().substring(bootStart).contains(PANIC)) {
            throw failure("the guest's kernel panicked before " + what);
        }
        if (System.nanoTime() > end) {
            throw failure(deadline.toSeconds() + " s have passed before " + what);
        }
    }

    private LabFailure failure(String what) {
        return new LabFailure(what + "; the end of its serial log " + serialLog + ":\n"
                + Tail.of(serialLog, TAIL).indent(4));
    }

    private String log() {
        try {
            // A byte is a character, so that a half-written one does not change where others are.
            return Files.readString(serialLog, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        agent.close();
        stop(machine, files, directory);
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // It is at work already.
        }
    }

    private static void stop(
            @org.jspecify.annotations.Nullable Process machine,
            @org.jspecify.annotations.Nullable Process files,
            Path directory) {
        if (machine != null) {
            HostCommand.stop(machine);
        }
        if (files != null) {
            HostCommand.stop(files);
        }
        GuestImage.deleteTree(directory);
    }
}
