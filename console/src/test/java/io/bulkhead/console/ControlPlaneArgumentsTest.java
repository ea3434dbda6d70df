package io.bulkhead.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ControlPlaneArgumentsTest {
    @Test
    void readsTheFileAndTheOverrides() {
        ControlPlaneArguments arguments =
                ControlPlaneArguments.parse("--config", "/x", "--override", "a.b=c=d", "--override", "e.f=");

        assertThat(arguments.config()).contains(Path.of("/x"));
        assertThat(arguments.overrides()).containsEntry("a.b", "c=d").containsEntry("e.f", "");
        assertThat(arguments.train()).isFalse();
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> ControlPlaneArguments.parse("--listen")).hasMessageContaining("--listen");
        assertThatThrownBy(() -> ControlPlaneArguments.parse("--config")).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> ControlPlaneArguments.parse("--override", "x")).hasMessageContaining("KEY=VALUE");
    }
}
