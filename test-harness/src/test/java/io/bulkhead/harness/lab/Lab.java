package io.bulkhead.harness.lab;

import io.bulkhead.harness.lab.Guest.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** {@code ./dev lab}: boots hosts of other shapes and runs something in them. */
public final class Lab {
    /** What a word on the command line means when nothing was said. */
    private static final Release DEFAULT_RELEASE = Release.TRIXIE;

    private static final String DEFAULT_TOPOLOGY = "2-socket-4-node-smt-nvme";

    private static final Path MANAGERS_TESTS = Path.of("partition-manager/daemon/target/test-classes");

    /** For what hangs altogether: one test that hangs has a timeout of its own. */
    private static final Duration TEST_DEADLINE = Duration.ofHours(2);

    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(25);
    private static final Duration EXEC_DEADLINE = Duration.ofMinutes(10);
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private final Arguments arguments;
    /** The checkout whose lab this is. */
    private final Path home;
    /** The checkout that the guests get. */
    private final Path checkout;

    private final Path cache;

    private Lab(Arguments arguments, Path home, Path checkout, Path cache) {
        this.arguments = arguments;
        this.home = home;
        this.checkout = checkout;
        this.cache = cache;
    }

    /**
     * Started by {@code dev} in the checkout's top directory.
     *
     * <p>Properties: {@code lab.checkout} is the built checkout that guests get, {@code lab.cache} where images are kept.
     */
    public static void main(String[] words) throws Exception {
        int status;
        try {
            Path home = Path.of("").toAbsolutePath();
            status = new Lab(
                            Arguments.parse(Arrays.asList(words)),
                            home,
                            Path.of(System.getProperty("lab.checkout", home.toString()))
                                    .toAbsolutePath(),
                            Path.of(System.getProperty(
                                            "lab.cache",
                                            home.resolve(".cache/lab").toString()))
                                    .toAbsolutePath())
                    .run();
        } catch (IllegalArgumentException e) {
            System.err.println("lab: " + e.getMessage() + "\n" + Arguments.USAGE);
            status = EXIT_USAGE;
        } catch (LabFailure e) {
            System.err.println("lab: " + e.getMessage());
            status = EXIT_FAILED;
        }
        System.exit(status);
    }

    private int run() throws IOException, InterruptedException {
        return switch (arguments.verb()) {
            case IMAGE -> buildImages();
            case EXEC -> exec();
            case SHELL -> shell();
            case TEST -> test();
        };
    }

    private int buildImages() throws IOException, InterruptedException {
        for (Release release : arguments.release().map(List::of).orElse(List.of(Release.values()))) {
            say(release + ": " + image(release).directory());
        }
        return 0;
    }

    private int exec() throws IOException, InterruptedException {
        try (Guest guest = boot(false)) {
            String command = arguments.command().stream()
                    .map(word -> "'" + word.replace("'", "'\\''") + "'")
                    .collect(Collectors.joining(" "));
            return guest.run(command, arguments.deadline().orElse(EXEC_DEADLINE), System.out, System.err);
        }
    }

    private int shell() throws IOException, InterruptedException {
        try (Guest guest = boot(true)) {
            guest.awaitEnd();
        }
        return 0;
    }

    private int test() throws IOException, InterruptedException {
        List<String> topologies = arguments.topologies();
        if (arguments.all()) {
            topologies = Topology.names(topologyDirectory());
        } else if (topologies.isEmpty()) {
            topologies = List.of(DEFAULT_TOPOLOGY);
        }
        List<Release> releases = arguments.all()
                ? List.of(Release.values())
                : List.of(arguments.release().orElse(DEFAULT_RELEASE));
        List<Path> classPath = testClassPath();
        boolean passed = true;
        for (String name : topologies) {
            Topology topology = Topology.read(topologyDirectory(), name);
            for (Release release : releases) {
                Plan plan = plan(topology, release, classPath, false);
                Duration deadline = arguments.deadline().orElse(TEST_DEADLINE);
                passed &= new LabTests(
                                plan,
                                release,
                                arguments.special(),
                                arguments.selection(),
                                reports(),
                                deadline,
                                System.out,
                                Lab::say)
                        .run();
            }
        }
        return passed ? 0 : EXIT_FAILED;
    }

    /** The harness's own, with the tests of the manager that need a host like the guest. */
    private List<Path> testClassPath() {
        List<Path> path = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .map(Path::of)
                .collect(Collectors.toCollection(ArrayList::new));
        path.add(home.resolve(MANAGERS_TESTS));
        return path;
    }

    private Guest boot(boolean interactive) throws IOException, InterruptedException {
        Topology topology =
                Topology.read(topologyDirectory(), arguments.topologies().get(0));
        Plan plan = plan(topology, arguments.release().orElse(DEFAULT_RELEASE), List.of(), interactive);
        long start = System.nanoTime();
        Guest guest = Guest.start(plan);
        try {
            guest.awaitReady(interactive ? step -> {} : Lab::say);
            if (interactive) {
                install(guest);
            } else {
                say("up after " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            guest.close();
            throw e;
        }
        return guest;
    }

    /** For a person, who is logging in meanwhile. */
    private static void install(Guest guest) throws IOException, InterruptedException {
        int status = guest.run("install-bulkhead", INSTALL_DEADLINE, System.out, System.err);
        System.err.print(
                status == 0
                        ? "\r\nlab: Bulkhead is installed and starting; try: bulkhead host\r\n"
                        : "\r\nlab: install-bulkhead failed with " + status + "\r\n");
    }

    private Plan plan(Topology topology, Release release, List<Path> classPath, boolean interactive)
            throws IOException, InterruptedException {
        GuestImage image = image(release);
        Path log = Files.createDirectories(home.resolve("target/lab"))
                .resolve(topology.name() + "-debian-" + release.number() + ".serial.log");
        Files.deleteIfExists(log);
        say("booting " + topology.name() + " with " + release + "; its serial log: " + log);
        return new Plan(topology, image, checkout, classPath, log, interactive);
    }

    private Path topologyDirectory() {
        return home.resolve("configs/lab");
    }

    /** Where the project's other reports are looked for as well. */
    private Path reports() {
        return home.resolve("test-harness/target/lab-reports");
    }

    private GuestImage image(Release release) throws IOException, InterruptedException {
        return GuestImage.of(release, home.resolve("test-harness/lab/image"), cache, Lab::say);
    }

    private static void say(String progress) {
        System.err.println("lab: " + progress);
    }
}
