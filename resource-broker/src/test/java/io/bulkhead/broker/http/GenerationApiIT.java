package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import org.junit.jupiter.api.Test;

/** Generations over HTTP; every answer is judged by the description, too. */
class GenerationApiIT extends ApiFixture {
    @Test
    void listsCapturesAndCollects() throws Exception {
        Reply.Generations all = decode(Reply.Generations.class, ask("GET", "/v1/generations", ""));
        Reply.Captured captured = decode(Reply.Captured.class, ask("POST", "/v1/generations", "{}"));
        Reply.GenerationsRemoved removed =
                decode(Reply.GenerationsRemoved.class, ask("POST", "/v1/generations/gc", "{\"wayBack\":true}"));

        assertThat(all.generations()).hasSize(2);
        assertThat(captured.isNew()).isTrue();
        assertThat(removed.waysBack()).isEqualTo(1);
        assertThat(fake.orders()).contains(new Order.RemoveUnusedGenerations(true));
    }

    @Test
    void tellsTheDifferencesOfAPartition() throws Exception {
        put(Samples.definition("db", 1));

        PartitionDifferences differences =
                decode(PartitionDifferences.class, ask("GET", "/v1/partitions/db/differences", ""));

        assertThat(differences.own().count()).isEqualTo(3);
        assertThat(ask("GET", "/v1/partitions/nobody/differences", "").status()).isEqualTo(404);
    }

    @Test
    void rebasesAndTakesItBackAsOperations() throws Exception {
        put(Samples.definition("db", 1));
        put(Samples.definition("clash", 1));

        Rebase rebase = decode(Rebase.class, ask("POST", "/v1/partitions/db/rebase", ""));
        Rebase undone = decode(Rebase.class, ask("POST", "/v1/partitions/db/undo-rebase", "{}"));
        RawClient.Answer refused = ask("POST", "/v1/partitions/clash/rebase", "");

        assertThat(rebase.to()).isEqualTo(undone.from());
        assertThat(ask("POST", "/v1/partitions/db/undo-rebase", "").status()).isEqualTo(409);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("etc/issue: content changed on both sides");
        assertThat(ask("GET", "/v1/operations", "").body()).contains("\"verb\":\"rebase\"", "undo-rebase");
    }
}
