package io.bulkhead.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.broker.inventory.InventoryFiles;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.CpuSlice;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InventoryApiIT extends ApiFixture {
    @Test
    void answersWhatMakesAFileToPlanWithElsewhere() throws Exception {
        put(Samples.definition("critical", 2));

        RawClient.Answer answer = ask("GET", "/v1/host/inventory", "");

        assertThat(answer.status()).isEqualTo(200);
        Path file = Files.writeString(directory.resolve("host.json"), answer.body());
        InventoryFile inventory = InventoryFiles.read(file);
        assertThat(inventory.inventory().topology().online()).isEqualTo(CpuSet.parse("0-3"));
        assertThat(inventory.reserve().pool()).isEqualTo(CpuSet.of(0));
        assertThat(inventory.holdings()).singleElement().satisfies(holding -> {
            assertThat(holding.name()).hasToString("critical");
            assertThat(holding.slice().cpus()).isEqualTo(new CpuSlice.Whole(CpuSet.parse("1-2")));
            assertThat(holding.wholeCores()).isTrue();
        });
    }

    @Test
    void knowsNoParameters() throws Exception {
        RawClient.Answer answer = ask("GET", "/v1/host/inventory?force=true", "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("detail")).isEqualTo("the parameter 'force' is not known here");
    }
}
