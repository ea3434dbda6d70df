package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.MethodSelector;

class TestRunTest {
    @Test
    void findsAClassByItsShortName() {
        assertThat(TestRun.selectors(List.of("WallsIT"))).singleElement().satisfies(selector -> assertThat(
                        ((ClassSelector) selector).getClassName())
                .isEqualTo("io.bulkhead.harness.acceptance.WallsIT"));
    }

    @Test
    void findsAMethodWhateverItsParameters() {
        assertThat(TestRun.selectors(List.of("WallsIT#cannotLiftItsOwnLimits")))
                .singleElement()
                .satisfies(selector ->
                        assertThat(((MethodSelector) selector).getMethodName()).isEqualTo("cannotLiftItsOwnLimits"));
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> TestRun.selectors(List.of("NoSuchIT")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NoSuchIT");
        assertThatThrownBy(() -> TestRun.selectors(List.of("WallsIT#noSuchTest")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("noSuchTest in WallsIT");
    }
}
