package io.bulkhead.harness.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The built checkout as a read-only disk: what an installation has, laid out as there, and the tests with all their jars.
 * The guest has it at {@link #HOME}.
 */
final class Payload {
    /** Where the guest has it. */
    static final Path HOME = Path.of("/usr/lib/bulkhead");

    private static final List<String> INSTALLED =
            List.of("bulkhead", "configs", "partition-manager/daemon/target/runtime", "console/target/runtime");
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Path JAR = Path.of(System.getProperty("java.home"), "bin", "jar");
    private static final long SPARE_BYTES = 16L << 20;

    /** 200 MB for driving browsers, which no test does there. */
    private static final String BROWSERS_DRIVER = "driver-bundle-";

    private Payload() {}

    /**
     * Makes the disk image of a checkout.
     *
     * @param classPath jars and directories of its tests, which come along; may be empty
     * @param training the program that is run on the files, whose directory is added as its last argument
     * @param directory for what is needed meanwhile, and the log
     */
    static void write(Path checkout, List<Path> classPath, List<String> training, Path directory, Path image)
            throws IOException, InterruptedException {
        Path stage = Files.createDirectory(directory.resolve("payload"));
        List<String> copies = new ArrayList<>();
        for (String each : INSTALLED) {
            Path target = stage.resolve(each);
            Files.createDirectories(target.resolve("..").normalize());
            copies.add("cp -rL '" + checkout.resolve(each) + "' '" + target + "'");
        }
        Path tests = Files.createDirectory(stage.resolve("tests"));
        List<String> inside = new ArrayList<>();
        for (Path element : classPath) {
            if (Files.exists(element) && !element.getFileName().toString().startsWith(BROWSERS_DRIVER)) {
                String name = "%03d-%s".formatted(inside.size(), element.getFileName());
                // Only classes from jars can be in an archive of classes.
                boolean packs = Files.isDirectory(element);
                String jar = packs ? name + ".jar" : name;
                copies.add(
                        packs
                                ? "'" + JAR + "' --create --no-compress --file '" + tests.resolve(jar) + "' -C '"
                                        + element + "' ."
                                : "cp -L '" + element + "' '" + tests.resolve(jar) + "'");
                inside.add(HOME.resolve("tests").resolve(jar).toString());
            }
        }
        Files.writeString(tests.resolve("class-path"), String.join(":", inside));
        // An archive of classes fits only the JVM that wrote it.
        copies.add("find '" + stage + "' -name '*.jsa*' -delete");
        copies.add("'" + String.join("' '", training) + "' '" + stage + "'");
        copies.add("chmod -R a+rX '" + stage + "'");
        copies.add("size=$(du -s --apparent-size --block-size=1 '" + stage + "' | cut -f 1)");
        copies.add("truncate -s $(((size * 5 / 4 + " + SPARE_BYTES + ") >> 20))M '" + image + "'");
        copies.add("mke2fs -q -t ext4 -O ^has_journal -L bulkhead -d '" + stage + "' '" + image + "'");
        copies.add("rm -rf '" + stage + "'");
        Path log = directory.resolve("payload.log");
        HostCommand.run(List.of("bash", "-ec", String.join("\n", copies)), log, DEADLINE);
    }
}
