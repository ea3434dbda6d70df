package io.bulkhead.manager.rebase;

import static io.bulkhead.manager.rebase.SmallHost.DB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChange.Aspect;
import io.bulkhead.contract.generation.FileChange.Kind;
import io.bulkhead.contract.generation.PackageChange;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.manager.generation.Steps;
import io.bulkhead.manager.rebase.GenerationOffice.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GenerationOfficeTest {
    /** Not JUnit's: that one warns about each of our links, for they all lead out. */
    private Path temp;

    private SmallHost host;

    @BeforeEach
    void constructHost() throws IOException {
        temp = Files.createTempDirectory("rebase");
        host = new SmallHost(temp);
    }

    @AfterEach
    void removeAll() throws IOException {
        SmallHost.remove(temp);
    }

    /** Fails the k-th step; as a kill it lets nothing else happen either. */
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

    private static FileChange added(String path) {
        return new FileChange(path, Kind.ADDED, List.of());
    }

    private static FileChange removed(String path) {
        return new FileChange(path, Kind.REMOVED, List.of());
    }

    private static FileChange modified(String path, Aspect... aspects) {
        return new FileChange(path, Kind.MODIFIED, List.of(aspects));
    }

    private PartitionDifferences differences() throws IOException {
        return host.office().differences(DB, host.base, Optional.empty(), Optional.empty());
    }

    @Test
    void aNewPartitionAndAQuietHostHaveChangedNothing() throws IOException {
        PartitionDifferences differences = differences();

        assertThat(differences.own().changes()).isEmpty();
        assertThat(differences.host().changes()).isEmpty();
        assertThat(differences.packages().changes()).isEmpty();
        assertThat(differences.newest()).isEqualTo(host.base);
    }

    @Test
    void saysWhatThePartitionAndTheHostChanged() throws IOException {
        host.useIt();
        Files.setPosixFilePermissions(host.own.resolve("etc/profile"), PosixFilePermissions.fromString("rw-------"));
        host.upgrade();

        PartitionDifferences differences = differences();

        assertThat(differences.own().changes())
                .containsExactly(
                        modified("etc/app/app.conf", Aspect.CONTENT),
                        removed("etc/app/other.conf"),
                        added("etc/mine/"),
                        modified("etc/passwd", Aspect.CONTENT),
                        modified("etc/profile", Aspect.MODE),
                        added("var/lib/app/data"));
        assertThat(differences.host().changes())
                .contains(
                        removed("etc/gone/"),
                        modified("etc/issue", Aspect.CONTENT),
                        modified("etc/localtime", Aspect.CONTENT),
                        added("etc/new/"),
                        added("var/lib/new/"),
                        removed("var/lib/old/"));
        assertThat(differences.packages().changes())
                .containsExactly(
                        new PackageChange("app:amd64", Optional.of("1"), Optional.of("2")),
                        new PackageChange("more:amd64", Optional.empty(), Optional.of("1")));
        assertThat(host.store.list()).as("looking captures nothing").hasSize(1);
    }

    @Test
    void aRebaseTakesTheHostsChangesAndKeepsTheOwn() throws IOException {
        host.useIt();
        host.upgrade();
        String fresh = host.capture();

        Outcome outcome = host.office().rebase(DB, host.base, Optional.empty());

        assertThat(outcome.generation()).isEqualTo(fresh);
        assertThat(outcome.wayBack()).contains(host.base);
        assertThat(host.has("etc/issue")).isEqualTo("two\n");
        assertThat(host.has("etc/new/new.conf")).isEqualTo("n=1\n");
        assertThat(host.has("etc/app/app.conf")).isEqualTo("a=mine\n");
        assertThat(host.has("etc/mine/mine.conf")).isEqualTo("m\n");
        assertThat(host.has("etc/passwd")).contains("\nme:x:1000:", "\napp:x:101:");
        assertThat(host.has("etc/hostname")).isEqualTo("db\n");
        assertThat(host.has("var/lib/app/data")).isEqualTo("data\n");
        assertThat(host.isThere("etc/app/other.conf")).isFalse();
        assertThat(host.isThere("etc/gone")).isFalse();
        assertThat(host.isThere("var/lib/new")).isTrue();
        assertThat(host.isThere("var/lib/old")).isFalse();
        assertThat(Files.readSymbolicLink(host.own.resolve("etc/localtime"))).hasToString("/usr/share/zoneinfo/CET");
        assertThat(outcome.rebase().taken().changes()).contains(added("etc/new/new.conf"), removed("etc/gone/"));
        assertThat(outcome.rebase().kept().changes()).contains(added("etc/mine/"), removed("etc/app/other.conf"));
        assertThat(host.office()
                        .differences(DB, fresh, Optional.empty(), Optional.empty())
                        .host()
                        .changes())
                .isEmpty();
    }

    @Test
    void theWayBackBringsEverythingBackAndGoesForwardAgain() throws IOException {
        host.useIt();
        SortedMap<String, String> before = host.picture();
        host.upgrade();
        String fresh = host.capture();
        host.office().rebase(DB, host.base, Optional.empty());
        SortedMap<String, String> rebased = host.picture();

        Outcome back = host.office().undo(DB, fresh);
        SortedMap<String, String> after = host.picture();
        Outcome again = host.office().undo(DB, host.base);

        assertThat(after).isEqualTo(before);
        assertThat(back.generation()).isEqualTo(host.base);
        assertThat(again.generation()).isEqualTo(fresh);
        assertThat(host.picture()).isEqualTo(rebased);
    }

    @Test
    void conflictsAreListedAndNothingIsDone() throws IOException {
        host.useIt();
        host.put("etc/issue", "mine\n");
        Files.delete(host.own.resolve("etc/localtime"));
        host.put("etc/new", "a file\n");
        host.put("etc/gone/x", "used\n");
        SortedMap<String, String> before = host.picture();
        host.upgrade();
        host.capture();

        assertThatThrownBy(() -> host.office().rebase(DB, host.base, Optional.empty()))
                .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(
                                refusal.problem().holders())
                        .containsExactly(
                                "etc/gone/x: changed here, removed on the host",
                                "etc/issue: content changed on both sides",
                                "etc/localtime: removed here, changed on the host",
                                "etc/new: added on both sides",
                                "etc/new/new.conf: new on the host, its directory is gone or something else here"));
        assertThatThrownBy(() -> host.office().foresee(DB, host.base)).isInstanceOf(Refusal.class);
        assertThat(host.picture()).isEqualTo(before);
        assertThat(host.beside()).isEmpty();
    }

    @Test
    void everyFailureLeavesTheFilesAsTheyWereOrAsTheyAreToBe() throws IOException {
        failAtEveryStep(false);
    }

    @Test
    void aKillAtEveryStepLeavesWhatTheNextManagerBringsToOneEnd() throws IOException {
        failAtEveryStep(true);
    }

    private void failAtEveryStep(boolean kill) throws IOException {
        host.useIt();
        SortedMap<String, String> before = host.picture();
        host.upgrade();
        String fresh = host.capture();
        host.office().rebase(DB, host.base, Optional.empty());
        SortedMap<String, String> rebased = host.picture();
        host.office().undo(DB, fresh);
        host.office().dropWayBack(DB);
        assertThat(host.picture()).isEqualTo(before);

        int taken = 0;
        for (int k = 1; ; k++) {
            Failing steps = new Failing(k, kill);
            try {
                host.office(steps).rebase(DB, host.base, Optional.empty());
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("injected");
            }
            Outcome settled = host.office().settle(DB, host.base);
            if (settled.generation().equals(fresh)) {
                taken++;
                assertThat(host.picture()).as("step %s", k).isEqualTo(rebased);
                assertThat(settled.wayBack()).contains(host.base);
                failTheWayBack(kill, before, rebased, fresh, k);
                host.office().dropWayBack(DB);
            } else {
                assertThat(host.picture()).as("step %s", k).isEqualTo(before);
                assertThat(host.beside()).isEmpty();
            }
            if (!steps.reached()) {
                break;
            }
        }
        assertThat(taken).isPositive();
    }

    @Test
    void aWayBackIsThereWholeOrNotAtAll() throws IOException {
        host.useIt();
        SortedMap<String, String> before = host.picture();
        host.upgrade();
        String fresh = host.capture();
        boolean done = false;
        for (int k = 1; !done; k++) {
            host.office().rebase(DB, host.base, Optional.empty());
            Failing steps = new Failing(k, true);
            try {
                host.office(steps).dropWayBack(DB);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("injected");
            }
            done = !steps.reached();
            if (host.office().settle(DB, fresh).wayBack().isPresent()) {
                host.office().undo(DB, fresh);
                assertThat(host.picture()).as("step %s", k).isEqualTo(before);
                host.office().dropWayBack(DB);
            } else {
                // As it was before, for the next round.
                SmallHost.remove(host.own);
                host.materialise();
                host.useIt();
            }
            assertThat(host.beside()).isEmpty();
        }
    }

    /** From the rebased files to those of before, failing at one step of it. */
    private void failTheWayBack(
            boolean kill, SortedMap<String, String> before, SortedMap<String, String> rebased, String fresh, int seed)
            throws IOException {
        for (int k = 1; ; k++) {
            Failing steps = new Failing(k, kill);
            try {
                host.office(steps).undo(DB, fresh);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("injected");
            }
            Outcome settled = host.office().settle(DB, fresh);
            boolean isBack = settled.generation().equals(host.base);
            assertThat(host.picture())
                    .as("step %s of the way back, %s", k, seed)
                    .isEqualTo(isBack ? before : rebased);
            if (!steps.reached()) {
                assertThat(isBack).isTrue();
                return;
            }
            if (isBack) {
                host.office().undo(DB, host.base);
            }
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void neitherLinksNorFifosNorHugeFilesLeadAstray() throws Exception {
        Path secret = Files.createDirectories(temp.resolve("outside")).resolve("secret");
        Files.writeString(secret, "a=1\n");
        SmallHost.remove(host.own.resolve("etc/app"));
        Files.createSymbolicLink(host.own.resolve("etc/app"), secret.getParent());
        Files.delete(host.own.resolve("etc/issue"));
        new ProcessBuilder("/usr/bin/mkfifo", host.own.resolve("etc/issue").toString())
                .start()
                .waitFor();
        try (var huge = Files.newByteChannel(
                host.own.resolve("etc/profile"),
                Set.of(java.nio.file.StandardOpenOption.WRITE, java.nio.file.StandardOpenOption.CREATE))) {
            huge.position(1L << 40);
            huge.write(java.nio.ByteBuffer.wrap(new byte[1]));
        }

        PartitionDifferences differences = differences();

        assertThat(differences.own().changes())
                .containsExactly(
                        modified("etc/app", Aspect.TYPE),
                        modified("etc/issue", Aspect.TYPE),
                        modified("etc/profile", Aspect.CONTENT));
        host.write("etc/app/app.conf", "a=2\n");
        host.capture();
        assertThatThrownBy(() -> host.office().rebase(DB, host.base, Optional.empty()))
                .isInstanceOf(Refusal.class);
        assertThat(secret).hasContent("a=1\n");
    }

    @Test
    void onlyWhatNobodyNeedsIsRemoved() throws IOException {
        host.write("etc/issue", "between\n");
        String between = host.capture();
        host.upgrade();
        String fresh = host.capture();

        GenerationOffice.Removed removed = host.office().removeUnused(Set.of(host.base));

        assertThat(removed.names()).containsExactly(between);
        assertThat(removed.bytes()).isPositive();
        assertThat(host.store.find(fresh)).isPresent();
        assertThat(host.store.find(host.base)).isPresent();
        assertThat(host.office().list(Map.of(host.base, List.of(DB)), Map.of()))
                .extracting(info ->
                        info.name() + " " + info.newest() + " " + info.partitions() + " " + info.packagesMoved())
                .containsExactly(fresh + " true [] 0", host.base + " false [db] 2");
    }

    @Test
    void aHostThatIsAsItWasIsTheSameGenerationAndTheNewest() throws IOException {
        host.write("etc/issue", "between\n");
        String between = host.capture();
        host.write("etc/issue", "one\n");

        String again = host.capture();

        assertThat(between).isNotEqualTo(host.base);
        assertThat(again).isEqualTo(host.base);
        assertThat(host.store.newest().orElseThrow().name()).isEqualTo(host.base);
    }
}
