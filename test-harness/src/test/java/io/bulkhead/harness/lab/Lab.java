package io.bulkhead.harness.lab;

import io.bulkhead.harness.lab.Guest.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** {@code ./dev lab}: boots hosts of other shapes and runs something in them. */
public final class Lab {
    /** What a word on the command line means when nothing was said. */
    private static final Release DEFAULT_RELEASE = Release.TRIXIE;

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
            case TEST -> throw new IllegalArgumentException("not yet");
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

    private Guest boot(boolean interactive) throws IOException, InterruptedException {
        Topology topology = Topology.read(
                home.resolve("configs/lab"), arguments.topologies().get(0));
        Release release = arguments.release().orElse(DEFAULT_RELEASE);
        GuestImage image = image(release);
        Path log = Files.createDirectories(home.resolve("target/lab"))
                .resolve(topology.name() + "-debian-" + release.number() + ".serial.log");
        say("booting " + topology.name() + " with " + release);
        long start = System.nanoTime();
        Guest guest = Guest.start(new Plan(topology, image, checkout, List.of(), log, interactive));
        try {
            guest.awaitReady(interactive ? step -> {} : Lab::say);
        } catch (InterruptedException | RuntimeException e) {
            guest.close();
            throw e;
        }
        say("up after " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s");
        return guest;
    }

    private GuestImage image(Release release) throws IOException, InterruptedException {
        return GuestImage.of(release, home.resolve("test-harness/lab"), cache, Lab::say);
    }

    private static void say(String progress) {
        System.err.println("lab: " + progress);
    }
}
