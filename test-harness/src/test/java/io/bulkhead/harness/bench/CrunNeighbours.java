package io.bulkhead.harness.bench;

import io.bulkhead.contract.partition.HostStatus.Disk;
import io.bulkhead.harness.bench.Contender.CannotRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two containers of crun with the namespaces and limits of the partitions. Their files lie in directories of one file system,
 * and their network is a bridge, as engines set it up.
 */
final class CrunNeighbours implements Neighbours {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> WAITING = List.of("/bin/sh", "-c", "while :; do sleep 3600; done");
    private static final String PREFIX = "10.213.77.";
    private static final String WIDTH = "/24";

    private final Stage stage;
    private final PairTerms terms;
    private final String instance;
    private final long uidBase;
    private final Path files;
    private final Optional<Disk> disk;
    private final boolean network;
    private final String bridge = "bhb" + ProcessHandle.current().pid();
    private String crun = "";

    /**
     * @param instance the group that theirs are in
     * @param files where their directories are made
     * @param disk that these are on
     * @param network whether both are on a bridge
     */
    CrunNeighbours(
            Stage stage,
            PairTerms terms,
            String instance,
            long uidBase,
            Path files,
            Optional<Disk> disk,
            boolean network) {
        this.stage = stage;
        this.terms = terms;
        this.instance = instance;
        this.uidBase = uidBase;
        this.files = files;
        this.disk = disk;
        this.network = network;
    }

    private enum Who {
        VICTIM("victim", 2),
        HOG("hog", 3);

        private final String id;
        private final int address;

        Who(String id, int address) {
            this.id = id;
            this.address = address;
        }
    }

    @Override
    public String name() {
        return "crun";
    }

    @Override
    public String version() {
        return Versions.of("crun");
    }

    @Override
    public String terms() {
        return "two containers: the same namespaces, CPUs and limits; directories of one file system"
                + (network ? "; a bridge without rates, where the one reaches the other" : "");
    }

    @Override
    public void prepare() throws CannotRunException {
        crun = Versions.find("crun", "crun");
        try {
            bundle(
                    Who.VICTIM,
                    new Terms(
                            instance,
                            uidBase,
                            terms.victimCpus(),
                            0,
                            PairTerms.VICTIM_MEMORY_BYTES,
                            PairTerms.TASKS,
                            Optional.empty(),
                            0));
            bundle(
                    Who.HOG,
                    new Terms(
                            instance,
                            uidBase + Terms.UIDS,
                            terms.pool(),
                            PairTerms.HOG_CPU_MILLIS,
                            PairTerms.HOG_MEMORY_BYTES,
                            PairTerms.TASKS,
                            disk,
                            PairTerms.HOG_IO_BYTES_PER_SECOND));
            if (network) {
                HostProgram.run("ip", "link", "add", bridge, "type", "bridge");
                HostProgram.run("ip", "address", "add", PREFIX + 1 + WIDTH, "dev", bridge);
                HostProgram.run("ip", "link", "set", bridge, "up");
            }
        } catch (IOException e) {
            throw new CannotRunException(String.valueOf(e.getMessage()), e);
        }
    }

    private void bundle(Who who, Terms limits) throws IOException {
        Path var = files.resolve(who.id);
        Files.createDirectories(var.resolve("bench"));
        Path root = stage.makeRoot(who.id + "-root", limits.uidBase());
        for (Path each : List.of(var, var.resolve("bench"))) {
            stage.call(() -> {
                stage.sys().changeOwner(each, limits.uidBase(), limits.uidBase());
                return each;
            });
        }
        OciBundle.writeWaiting(
                stage,
                who.id,
                root,
                limits,
                PairTerms.HOG_WRITES_PER_SECOND,
                "/" + instance + "/" + who.id,
                WAITING,
                var);
    }

    @Override
    public void open() throws IOException {
        run(Who.VICTIM);
        run(Who.HOG);
        serve();
    }

    private void run(Who who) throws IOException {
        Path pid = stage.directory().resolve(who.id + ".pid");
        Path said = stage.directory().resolve(who.id + ".log");
        List<String> command = new ArrayList<>(
                List.of("/bin/sh", "-c", "\"$@\" </dev/null >\"$0\" 2>&1 || { cat \"$0\"; exit 1; }", said.toString()));
        command.addAll(words(List.of(
                "run",
                "--detach",
                "--pid-file",
                pid.toString(),
                "--bundle",
                stage.directory().resolve(who.id).toString(),
                id(who))));
        // What it starts goes on, and would keep an output of ours open.
        stage.call(() -> HostProgram.start(command)).await(PATIENCE);
        if (network) {
            connect(who, stage.call(() -> Files.readString(pid)).strip());
        }
    }

    private void connect(Who who, String pid) throws IOException {
        String ours = bridge + (who == Who.VICTIM ? "v" : "h");
        HostProgram.run("ip", "link", "add", ours, "type", "veth", "peer", "name", "eth0", "netns", pid);
        HostProgram.run("ip", "link", "set", ours, "master", bridge, "up");
        for (List<String> command : List.of(
                List.of("ip", "link", "set", "lo", "up"),
                List.of("ip", "address", "add", PREFIX + who.address + WIDTH, "dev", "eth0"),
                List.of("ip", "link", "set", "eth0", "up"),
                List.of("ip", "route", "add", "default", "via", PREFIX + 1))) {
            List<String> words = new ArrayList<>(List.of("nsenter", "-t", pid, "-n"));
            words.addAll(command);
            HostProgram.run(words.toArray(String[]::new));
        }
    }

    @Override
    public void shut() throws IOException {
        for (Who who : List.of(Who.HOG, Who.VICTIM)) {
            remove(who);
        }
        // crun leaves the group above, whose CPUs nobody else could have alone.
        Leftovers.removeGroups(instance);
    }

    private void remove(Who who) throws IOException {
        stage.call(() -> HostProgram.start(words(List.of("delete", "--force", id(who)))))
                .await(PATIENCE);
    }

    @Override
    public Optional<String> obstacle(Hog hog) {
        return hog.needsNetwork() && !network ? Optional.of("it has no network") : Optional.empty();
    }

    @Override
    public void serve() throws IOException {
        for (List<String> server : Victim.servers(Hog.DIRECTORY)) {
            inVictim(server).await(PATIENCE);
        }
    }

    @Override
    public Program inVictim(List<String> command) throws IOException {
        return inside(Who.VICTIM, command);
    }

    @Override
    public Program inHog(List<String> command) throws IOException {
        return inside(Who.HOG, command);
    }

    private Program inside(Who who, List<String> command) throws IOException {
        List<String> words = new ArrayList<>(List.of("exec", id(who)));
        words.addAll(command);
        return stage.call(() -> HostProgram.start(words(words)));
    }

    private List<String> words(List<String> words) {
        List<String> command = new ArrayList<>(
                List.of(crun, "--root", stage.directory().resolve("state").toString(), "--cgroup-manager=cgroupfs"));
        command.addAll(words);
        return command;
    }

    @Override
    public void calmHog() throws IOException {
        remove(Who.HOG);
        run(Who.HOG);
        inHog(List.of("/bin/sh", "-c", "rm -rf " + Hog.DIRECTORY + "/*")).await(PATIENCE);
    }

    private String id(Who who) {
        return instance + "-" + who.id;
    }

    @Override
    public String address() {
        return PREFIX + Who.VICTIM.address;
    }

    @Override
    public void close() throws IOException {
        if (network && !crun.isEmpty()) {
            HostProgram.run("ip", "link", "delete", bridge);
        }
    }
}
