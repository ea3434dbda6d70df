package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.plan.PlanReport;
import io.bulkhead.broker.plan.PlanReport.Action;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/plan} on a machine of four CPUs, of which CPU 0 is the host's. */
class PlanApiIT extends ApiFixture {
    @Test
    void plansAWholeSetAndChangesNothing() throws Exception {
        put(Samples.definition("db", 1));

        PlanReport report = decode(
                PlanReport.class,
                ask("POST", "/v1/plan", set(Samples.definition("db", 1), Samples.definition("web", 2))));

        assertThat(report.fits()).isTrue();
        assertThat(report.partitions())
                .extracting(PlanReport.Partition::action)
                .containsExactly(Action.STAYS, Action.NEW);
        assertThat(fake.partitions()).hasSize(1);
        assertThat(fake.orders().stream().filter(Order.DefinePartition.class::isInstance))
                .hasSize(1);
    }

    @Test
    void answersWithThePlanAlsoWhereTheSetDoesNotFit() throws Exception {
        put(Samples.definition("db", 1));

        PlanReport report = decode(PlanReport.class, ask("POST", "/v1/plan", set(Samples.definition("web", 3))));

        assertThat(report.fits()).isFalse();
        assertThat(report.partitions().get(0).problem().orElseThrow().remedy())
                .contains("release db, or ask for at most 2 CPUs");
    }

    @Test
    void refusesWhatIsNoSet() throws Exception {
        PartitionSpec one = Samples.definition("a", 1);

        assertThat(ask("POST", "/v1/plan", "{}").text("detail")).isEqualTo("definitions is missing");
        assertThat(ask("POST", "/v1/plan", "{\"definitions\":[]}").status()).isEqualTo(400);
        assertThat(ask("POST", "/v1/plan", set(one, one)).text("detail")).isEqualTo("the partition a is defined twice");
        assertThat(ask("POST", "/v1/plan", "{\"definitions\":[],\"timeLimitMillis\":99}")
                        .text("detail"))
                .contains("the time limit must be 100 to 60000 ms");
        assertThat(ask("GET", "/v1/plan", "").status()).isEqualTo(405);
    }

    private static String set(PartitionSpec... definitions) {
        return Arrays.stream(definitions)
                .map(each -> RecordCodec.encode(each).toString())
                .collect(Collectors.joining(",", "{\"definitions\":[", "]}"));
    }
}
