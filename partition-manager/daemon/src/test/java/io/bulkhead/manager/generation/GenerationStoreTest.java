package io.bulkhead.manager.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenerationStoreTest {

    private static final PartitionIdentity WEB =
            new PartitionIdentity("web.example", "0123456789abcdef0123456789abcdef", Optional.empty());

    /** Ends the work at the k-th change of the disk; as a kill it also lets no clean-up happen. */
    private static final class Failing implements Steps {
        private final int failAt;
        private final boolean kill;
        private int count;

        Failing(int failAt, boolean kill) {
            this.failAt = failAt;
            this.kill = kill;
        }

        @Override
        public void before(String step) throws IOException {
            count++;
            if (count == failAt || kill && count > failAt) {
                throw new IOException("injected at " + step);
            }
        }

        boolean reached() {
            return count >= failAt;
        }
    }

    /** Not JUnit's: that one warns about each of our links, for they all lead out. */
    private Path temp;

    private ConstructedHost host;
    private Path storeDirectory;
    private GenerationStore store;

    @BeforeEach
    void constructHost() throws IOException {
        temp = Files.createTempDirectory("generation");
        host = new ConstructedHost(temp.resolve("host"));
        storeDirectory = temp.resolve("store");
        store = new GenerationStore(storeDirectory);
    }

    @AfterEach
    void removeAll() throws IOException {
        new TreeWriter(Steps.ALL).removeTree(temp);
    }

    @Test
    void noPlantedSecretReachesAGeneration() throws IOException {
        host.fifo("etc/app/fifo");

        Generation generation = store.capture(host.root);

        assertThat(ConstructedHost.holding(generation.etc(), ConstructedHost.CANARY))
                .isEmpty();
        assertThat(ConstructedHost.holding(generation.var(), ConstructedHost.CANARY))
                .isEmpty();
        assertThat(ConstructedHost.holding(generation.directory(), ConstructedHost.MACHINE_ID)
                        .filter(p -> !p.endsWith("manifest")))
                .isEmpty();
        assertThat(generation.etc().resolve("app/fifo")).doesNotExist();
    }

    @Test
    void keepsWhatIsNotSecretWithModesAndLinks() throws IOException {
        Generation generation = store.capture(host.root);

        Path etc = generation.etc();
        assertThat(etc.resolve("pam.d/login")).hasContent("auth required pam_unix.so");
        assertThat(modeOf(etc.resolve("profile.d/tool.sh"))).isEqualTo(0755);
        assertThat(modeOf(etc.resolve("setuid-tool"))).isEqualTo(0755);
        assertThat(Files.readSymbolicLink(etc.resolve("os-release"))).isEqualTo(Path.of("../usr/lib/os-release"));
        assertThat(Files.readSymbolicLink(etc.resolve("systemd/system/cron.service")))
                .isEqualTo(Path.of("/dev/null"));
        assertThat(modeOf(etc.resolve("shadow"))).isEqualTo(0640);
        assertThat(Files.readString(etc.resolve("shadow")))
                .isEqualTo("root:*:::::::\ndaemon:*:::::::\nnobody:*:::::::\n");
        try (Stream<Path> children = Files.list(etc)) {
            assertThat(children.filter(p -> p.toString().endsWith(".pem"))).hasSize(1);
        }
    }

    @Test
    void varIsASkeleton() throws IOException {
        Path var = store.capture(host.root).var();

        assertThat(modeOf(var.resolve("tmp"))).isEqualTo(01777);
        assertThat(modeOf(var.resolve("mail"))).isEqualTo(02775);
        assertThat(modeOf(var.resolve("lib/mysql"))).isEqualTo(0700);
        assertThat(var.resolve("lib/dpkg")).isEmptyDirectory();
        assertThat(var.resolve("lib/apt/lists")).isEmptyDirectory();
        assertThat(var.resolve("log/journal")).isEmptyDirectory();
        assertThat(var.resolve("log/wtmp")).isEmptyFile();
        assertThat(var.resolve("www")).doesNotExist();
        assertThat(Files.readSymbolicLink(var.resolve("lock"))).isEqualTo(Path.of("/run/lock"));
        assertThat(Files.readSymbolicLink(var.resolve("spool/mail"))).isEqualTo(Path.of("../mail"));
    }

    @Test
    void storeIsPrivateAndManifestTellsWhy() throws IOException {
        Files.createDirectory(storeDirectory);
        Files.setAttribute(storeDirectory, "unix:mode", 0755);

        Generation generation = store.capture(host.root);

        assertThat(modeOf(storeDirectory)).isEqualTo(0700);
        assertThat(modeOf(generation.directory())).isEqualTo(0700);
        assertThat(Files.readString(generation.manifest()))
                .contains("- etc/app/readme.txt: holds a private key\n")
                .contains("- etc/app/users: holds a password hash\n")
                .contains("- etc/app/proxy: holds an address with a password\n")
                .contains("- etc/app/known: holds a value that identifies the host\n")
                .contains("- etc/closed: not readable by everybody on the host\n")
                .contains(" etc/F%C5%91.pem ")
                .contains("- etc/app/data: link into a private directory of the host\n");
    }

    @Test
    void nameFollowsFromContentAlone() throws IOException {
        Generation first = store.capture(host.root);
        host.touchAll();
        host.file("etc/crontab", "another secret", 0600);
        Generation same = store.capture(host.root);
        Generation elsewhere = new GenerationStore(temp.resolve("other")).capture(host.root);
        host.mode("etc/login.defs", 0664);
        Generation changed = store.capture(host.root);

        assertThat(same).isEqualTo(first);
        assertThat(elsewhere.name()).isEqualTo(first.name()).matches("g-[0-9a-f]{12}");
        assertThat(changed.name()).isNotEqualTo(first.name());
        assertThat(store.list()).containsExactlyInAnyOrder(first, changed);
        assertThat(store.find(first.name())).contains(first);
        assertThat(store.find("../" + first.name())).isEmpty();
    }

    @Test
    void replacesAGenerationThatWasAltered() throws IOException {
        Generation generation = store.capture(host.root);
        Files.writeString(generation.etc().resolve("login.defs"), "UMASK 000\n");
        assertThat(store.isIntact(generation)).isFalse();

        Generation again = store.capture(host.root);

        assertThat(again).isEqualTo(generation);
        assertThat(store.isIntact(again)).isTrue();
        assertThat(storeDirectory.toFile().list()).containsExactly(generation.name());
    }

    @Test
    void refusesAHostWhoseEtcIsALink() throws IOException {
        Path odd = Files.createDirectory(temp.resolve("odd"));
        Files.createSymbolicLink(odd.resolve("etc"), host.root.resolve("etc"));

        assertThatThrownBy(() -> store.capture(odd))
                .isInstanceOf(GenerationException.class)
                .hasMessageContaining("etc");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void aFailingStepLeavesNothingOfACapture() throws IOException {
        for (int k = 1; ; k++) {
            Failing steps = new Failing(k, false);
            GenerationStore failing = new GenerationStore(temp.resolve("store" + k), steps);
            try {
                failing.capture(host.root);
            } catch (IOException e) {
                // Injected.
            }
            if (!steps.reached()) {
                assertThat(k).isGreaterThan(50);
                return;
            }
            Path directory = temp.resolve("store" + k);
            assertThat(failing.list()).allMatch(GenerationStoreTest::isIntact);
            assertThat(Files.exists(directory.resolve(".capturing")))
                    .as("after step %s", k)
                    .isFalse();
        }
    }

    @Test
    void aKillAtAnyStepLeavesNoHalfGeneration() throws IOException {
        for (int k = 1; ; k++) {
            Failing steps = new Failing(k, true);
            try {
                new GenerationStore(storeDirectory, steps).capture(host.root);
            } catch (IOException e) {
                // Killed.
            }
            assertThat(store.list()).as("after step %s", k).allMatch(GenerationStoreTest::isIntact);
            if (!steps.reached() || !store.list().isEmpty()) {
                break;
            }
        }
        Generation generation = store.capture(host.root);
        assertThat(storeDirectory.toFile().list()).containsExactly(generation.name());
    }

    @Test
    void materialisesWithIdentity() throws IOException {
        Path partition = Files.createDirectory(temp.resolve("web"));
        String hash = "$5$MnfsQ4iN$ZMTppKN16y/tIsUYs/obHlhdP.Os80yXhTurpBMUbA5";

        store.materialise(store.capture(host.root), partition, WEB.withRootPassword(hash));

        assertThat(partition.toFile().list()).containsExactlyInAnyOrder("etc", "var", "home", "root", "srv");
        assertThat(modeOf(partition)).isEqualTo(0700);
        assertThat(partition.resolve("etc/hostname")).hasContent("web.example");
        assertThat(partition.resolve("etc/machine-id")).hasContent(WEB.machineId());
        assertThat(Files.readString(partition.resolve("etc/hosts"))).contains("127.0.1.1\tweb.example web\n");
        assertThat(Files.readString(partition.resolve("etc/shadow"))).startsWith("root:" + hash + ":::::::\ndaemon:*:");
        assertThat(modeOf(partition.resolve("etc/shadow"))).isEqualTo(0640);
        assertThat(modeOf(partition.resolve("root"))).isEqualTo(0700);
        assertThat(partition.resolve("root/.bashrc")).exists();
        assertThat(Files.readSymbolicLink(partition.resolve("var/lib/dbus/machine-id")))
                .isEqualTo(Path.of("/etc/machine-id"));
        assertThat(modeOf(partition.resolve("var/tmp"))).isEqualTo(01777);
        assertThat(partition.resolve("manifest")).doesNotExist();
        assertThat(ConstructedHost.holding(partition, ConstructedHost.CANARY)).isEmpty();
    }

    @Test
    void partitionsDoNotShareFilesWithTheirGeneration() throws IOException {
        Generation generation = store.capture(host.root);
        store.materialise(generation, temp.resolve("web"), WEB);

        Files.writeString(temp.resolve("web/etc/login.defs"), "changed");

        assertThat(store.isIntact(generation)).isTrue();
    }

    @Test
    void refusesATargetThatIsNotEmptyOrNoDirectory() throws IOException {
        Generation generation = store.capture(host.root);
        Path full = Files.createDirectories(temp.resolve("full/precious")).getParent();
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("empty")));

        assertThatThrownBy(() -> store.materialise(generation, full, WEB)).isInstanceOf(GenerationException.class);
        assertThatThrownBy(() -> store.materialise(generation, link, WEB)).isInstanceOf(GenerationException.class);
        assertThatThrownBy(() -> store.materialise(new Generation("g-000000000000", temp), temp.resolve("x"), WEB))
                .isInstanceOf(GenerationException.class);
        assertThat(full.resolve("precious")).exists();
    }

    @Test
    void aFailingStepLeavesTheTargetAsItWasOrComplete() throws IOException {
        Generation generation = store.capture(host.root);
        for (int k = 1; ; k++) {
            Path parent = Files.createDirectory(temp.resolve("partitions" + k));
            Path target = Files.createDirectory(parent.resolve("web"));
            Failing steps = new Failing(k, false);
            try {
                new GenerationStore(storeDirectory, steps).materialise(generation, target, WEB);
            } catch (IOException e) {
                // Injected.
            }
            assertThat(parent.toFile().list()).as("after step %s", k).containsExactly("web");
            assertThat(target.toFile().list().length).isIn(0, 5);
            if (!steps.reached()) {
                assertThat(k).isGreaterThan(50);
                return;
            }
        }
    }

    @Test
    void aKilledMaterialiseIsClearedByTheNext() throws IOException {
        Generation generation = store.capture(host.root);
        Path parent = Files.createDirectory(temp.resolve("partitions"));
        Path target = parent.resolve("web");
        assertThatThrownBy(() ->
                        new GenerationStore(storeDirectory, new Failing(20, true)).materialise(generation, target, WEB))
                .hasMessageContaining("injected");
        assertThat(target).doesNotExist();

        store.materialise(generation, target, WEB);

        assertThat(parent.toFile().list()).containsExactly("web");
    }

    private static boolean isIntact(Generation generation) {
        try {
            return new GenerationStore(generation.directory().getParent()).isIntact(generation)
                    && Files.exists(generation.manifest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int modeOf(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }
}
