package io.bulkhead.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControlPlaneIT {
    @Test
    void servesWithoutAManagerAndLeavesNoSocket(@TempDir Path directory) throws IOException {
        Files.createDirectory(directory.resolve("control"));
        Settings settings = SettingsLoader.defaults(Map.of(
                "instance.run_dir", directory.toString(),
                "instance.state_dir", directory.resolve("state").toString()));
        ApiClient client = new ApiClient(settings.apiSocket());

        try (ControlPlane controlPlane = ControlPlane.start(settings)) {
            assertThat(controlPlane).isNotNull();
            assertThat(client.get("/v1")).isInstanceOfSatisfying(Json.Obj.class, about -> assertThat(about.members())
                    .containsEntry("manager", Json.of("unreachable")));
            assertThatThrownBy(() -> client.get("/readyz")).isInstanceOf(Refusal.class);
        }

        assertThat(settings.apiSocket()).doesNotExist();
    }
}
