package io.bulkhead.manager.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real /etc and /var of the machine the test runs on; changes nothing outside its temporary directory. */
class GenerationIT {

    private static final Path ROOT = Path.of("/");

    /** Not JUnit's: that one warns about each of our links, for they all lead out. */
    private Path temp;

    @BeforeEach
    void needsRoot() throws IOException {
        temp = Files.createTempDirectory("generation");
        assumeTrue(Inode.of(Path.of("/proc/self")).uid() == 0, "needs root: reads the host's shadow file");
    }

    @AfterEach
    void removeAll() throws IOException {
        new TreeWriter(Steps.ALL).removeTree(temp);
    }

    @Test
    void noSecretOfThisMachineReachesAPartition() throws IOException {
        Path partition = materialised(new GenerationStore(temp.resolve("store")).capture(ROOT));

        for (String secret : secrets()) {
            assertThat(ConstructedHost.holding(partition, secret))
                    .as("a value of %s characters", secret.length())
                    .isEmpty();
        }
        try (Stream<Path> all = Files.walk(partition)) {
            assertThat(all).noneMatch(path -> path.getFileName().toString().startsWith("ssh_host_"));
        }
    }

    @Test
    void aPartitionHasWhatLoginNeeds() throws IOException {
        Path partition = materialised(new GenerationStore(temp.resolve("store")).capture(ROOT));

        for (String file : new String[] {
            "passwd",
            "group",
            "shadow",
            "login.defs",
            "pam.d/login",
            "nsswitch.conf",
            "profile",
            "security/limits.conf",
            "machine-id",
            "hostname",
            "hosts",
            "fstab",
            "resolv.conf"
        }) {
            assertThat(partition.resolve("etc/" + file)).isRegularFile();
        }
        assertThat(Inode.of(partition.resolve("etc/shadow")).gid())
                .isEqualTo(Inode.of(Path.of("/etc/shadow")).gid());
        assertThat(partition.resolve("var/lib/dpkg")).isEmptyDirectory();
        assertThat(Files.isSymbolicLink(partition.resolve("etc/os-release")))
                .isEqualTo(Files.isSymbolicLink(Path.of("/etc/os-release")));
    }

    @Test
    void keepsOwnersAndFileCapabilities() throws Exception {
        ConstructedHost host = new ConstructedHost(temp.resolve("host"));
        Path tool = host.root.resolve("etc/profile.d/tool.sh");
        Files.setAttribute(tool, "unix:gid", 42);
        Path foreign = host.root.resolve("etc/login.defs");
        Files.setAttribute(foreign, "unix:uid", 1000);
        boolean capable = Files.isExecutable(Path.of("/usr/sbin/setcap"))
                && run("/usr/sbin/setcap", "cap_net_raw+ep", tool.toString()).isEmpty();

        Path partition = materialised(new GenerationStore(temp.resolve("store")).capture(host.root));

        Path copy = partition.resolve("etc/profile.d/tool.sh");
        assertThat(Inode.of(copy).gid()).isEqualTo(42);
        assertThat(Inode.of(partition.resolve("etc/login.defs")).uid()).isZero();
        assumeTrue(capable, "needs setcap and a file system with extended attributes");
        assertThat(run("/usr/sbin/getcap", copy.toString())).contains("cap_net_raw");
    }

    private Path materialised(Generation generation) throws IOException {
        Path partition = temp.resolve("partition");
        new GenerationStore(temp.resolve("store")).materialise(generation, partition, PartitionIdentity.fresh("probe"));
        return partition;
    }

    private static Set<String> secrets() throws IOException {
        Set<String> secrets = new HashSet<>();
        for (String file : new String[] {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
            if (Files.isRegularFile(Path.of(file))) {
                secrets.add(Files.readString(Path.of(file)).strip());
            }
        }
        for (String line : Files.readString(Path.of("/etc/shadow")).split("\n")) {
            secrets.add(line.split(":")[1]);
        }
        Path ssh = Path.of("/etc/ssh");
        if (Files.isDirectory(ssh, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> keys =
                    Files.list(ssh).filter(path -> path.getFileName().toString().startsWith("ssh_host_"))) {
                for (Path key : keys.toList()) {
                    Files.readString(key, StandardCharsets.ISO_8859_1)
                            .lines()
                            .filter(line -> line.length() > 30)
                            .forEach(secrets::add);
                }
            }
        }
        // "*" and "!" lock an account and are in every shadow file.
        secrets.removeIf(secret -> secret.length() < 8);
        return secrets;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
