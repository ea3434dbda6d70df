package io.bulkhead.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BenchTest {
    private static final String DOCUMENT =
            "# Results\n<!-- results of a -->\nold\n<!-- end of a -->\nnotes\n<!-- results of b -->\n<!-- end of b -->\n";

    @Test
    void replacesTheResultsOfOneBenchmarkAndNothingElse() {
        assertThat(Bench.withSection(DOCUMENT, "a", "new\n")).isEqualTo(DOCUMENT.replace("old\n", "new\n"));
        assertThat(Bench.withSection(DOCUMENT, "b", "first\n"))
                .contains("old\n", "<!-- results of b -->\nfirst\n<!-- end");
    }

    @Test
    void refusesADocumentWithoutTheSection() {
        assertThatThrownBy(() -> Bench.withSection(DOCUMENT, "c", "new\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("results of c");
    }

    @Test
    void alignsTheColumnsOfATable() {
        Table table = new Table("what", "ms");
        table.row("a long name", "1.00");

        assertThat(table).hasToString("| what        | ms   |\n| ----------- | ---- |\n| a long name | 1.00 |\n");
    }
}
