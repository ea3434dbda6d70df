package io.bulkhead.harness.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.harness.proof.ProofTable.Claim;
import io.bulkhead.harness.proof.Reports.Outcome;
import io.bulkhead.harness.proof.Reports.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofTableTest {
    private static final List<Claim> CLAIMS = List.of(
            ProofTable.claim("memory stays", "a.MemoryIT#stays", "a.MemoryIT#staysLong"),
            ProofTable.claim("walls hold", "a.WallsIT#"));

    @Test
    void saysForEveryPlaceWhatItsRunsSay() {
        String table = ProofTable.render(
                CLAIMS,
                List.of(
                        new Run("a.MemoryIT", "stays", "", Outcome.SKIPPED),
                        new Run("a.MemoryIT", "stays", "lab 6.12/small", Outcome.PASSED),
                        new Run("a.MemoryIT", "staysLong", "lab 6.12/small", Outcome.SKIPPED),
                        new Run("a.MemoryIT", "other", "lab 6.12/small", Outcome.FAILED),
                        new Run("a.WallsIT", "one", "", Outcome.PASSED),
                        new Run("a.WallsIT", "two", "", Outcome.FAILED)),
                "this host (cgroup v1)");

        assertThat(table).isEqualTo("""
                        PROMISE       this host (cgroup v1)  lab 6.12/small
                        memory stays  skipped                proven
                        walls hold    BROKEN                 not run
                        """);
    }

    @Test
    void saysNothingWhereNothingRan() {
        assertThat(ProofTable.render(CLAIMS, List.of(), "here")).isEmpty();
    }

    @Test
    void findsWhatTheAcceptanceTestsSay() {
        assertThat(ProofTable.claims())
                .hasSizeGreaterThan(10)
                .extracting(Claim::promise)
                .contains("every promise is read back from the kernel");
    }

    @Test
    void readsReportsOfMavenAndOfTheLab() throws IOException {
        String report = """
                <testsuite name="x">
                <testcase name="lawHolds(String)[1] one" classname="a.LawIT" time="0.1"/>
                <testcase name="lawHolds{String}[2]" classname="a.LawIT@lab 6.1/small"><skipped message="no"/></testcase>
                <testcase name="" classname="a.LawIT"><error message="no"/></testcase>
                </testsuite>
                """;

        assertThat(Reports.read(new ByteArrayInputStream(report.getBytes(StandardCharsets.UTF_8))))
                .containsExactly(
                        new Run("a.LawIT", "lawHolds", "", Outcome.PASSED),
                        new Run("a.LawIT", "lawHolds", "lab 6.1/small", Outcome.SKIPPED),
                        new Run("a.LawIT", "", "", Outcome.FAILED));
    }
}
