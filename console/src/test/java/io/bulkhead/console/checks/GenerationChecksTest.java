package io.bulkhead.console.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.partition.Drift;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GenerationChecksTest {
    private static PartitionStatus behind(String name, long packages, boolean newer) {
        PartitionStatus plain = Samples.status(name, State.BOUND);
        return new PartitionStatus(
                plain.name(),
                plain.state(),
                plain.reason(),
                plain.degraded(),
                plain.definition(),
                plain.init(),
                plain.slice(),
                plain.promises(),
                plain.console(),
                plain.pid(),
                plain.uidRange(),
                plain.generation(),
                plain.startedAtMillis(),
                plain.isolation(),
                plain.intrusion(),
                Optional.of(new Drift(packages, newer, Optional.empty(), Optional.empty())),
                Optional.empty());
    }

    @Test
    void isGoodWhereEveryPartitionIsAsTheHost() {
        assertThat(GenerationChecks.of(List.of()).verdict()).isEqualTo(Finding.Verdict.GOOD);
        assertThat(GenerationChecks.of(List.of(behind("db", 0, false))).verdict())
                .isEqualTo(Finding.Verdict.GOOD);
    }

    @Test
    void namesThoseThatAreBehindWithARemedy() {
        Finding finding = GenerationChecks.of(List.of(behind("db", 3, false), behind("web", 0, true)));

        assertThat(finding.verdict()).isEqualTo(Finding.Verdict.WEAK);
        assertThat(finding.found()).contains("db (3 packages moved)", "web (0 packages moved)");
        assertThat(finding.remedy().orElseThrow()).contains("os rebase NAME");
    }
}
