package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.enter.Entrance;
import io.bulkhead.manager.enter.NamespaceEntrance;
import io.bulkhead.manager.sys.ProcessEnd;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The way of version 2, where processes are moved into their groups: their order of events, without such groups. */
class GatedStartIT {
    private final GrouplessCgroups cgroups = new GrouplessCgroups("v2");
    private final TestGround ground = new TestGround(cgroups);

    @AfterEach
    void clean() {
        ground.close();
        assertThat(TestGround.processesOfRange()).isEmpty();
    }

    @Test
    void movesTheHolderAndEveryCommandBeforeTheyAreInside() {
        // When
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, partition.console())) {
            console.expect("# ");
        }
        Entrance entrance = new NamespaceEntrance(ground.sys, cgroups, name -> TestGround.restraints(new Init.Shell()));
        try (Entrance.Entered entered = entrance.run(
                TestGround.NAME, partition.init(), List.of("sh", "-c", "exit 5"), Map.of(), Optional.empty())) {
            Optional<ProcessEnd> end = Endings.await(ground.sys, entered.process(), 10_000);

            // Then
            assertThat(end).contains(new ProcessEnd.Exited(5));
        }
        assertThat(cgroups.entered).containsExactly("t-start process", "t-start holder parked", "t-start process");
    }

    @Test
    void leavesNothingWhenAProcessCannotBeMoved() {
        // Given
        cgroups.refuses = true;

        // Then
        assertThat(catchThrowable(() -> ground.boot(new Init.Shell(), true)))
                .isInstanceOf(StartException.class)
                .hasMessage("step 6, start the holder: no room in the group");
    }
}
