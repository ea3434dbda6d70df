package io.bulkhead.manager.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.manager.Alone;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a manager finds that comes after another; needs root. */
@Alone("it compares what the whole host has before and after")
class AdoptionIT {
    private final TestGround ground = new TestGround();

    @AfterEach
    void clean() {
        ground.close();
        assertThat(TestGround.processesOfRange()).isEmpty();
    }

    @Test
    void goesOnWithTheVerySessionAfterTheManagerLostEverything() {
        // Given
        RunningPartition first = ground.boot(new Init.Shell(), true);
        try (ConsoleTap console = new ConsoleTap(ground.sys, first.console())) {
            console.expect("# ");
            console.run("remembered=42");
        }
        first.close();

        // When
        RunningPartition adopted =
                ground.starter.adopt(first.holder(), first.init()).orElseThrow();

        // Then
        ground.adopted(first, adopted);
        try (ConsoleTap console = new ConsoleTap(ground.sys, adopted.console())) {
            console.run("true");
            assertThat(console.run("echo still $remembered; tty")).startsWith("still 42\n/dev/console\n");
        }
    }

    @Test
    void doesNotTakeUpWhatHasEnded() {
        // Given
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        ground.kill(partition);
        TestGround.Holdings before = TestGround.Holdings.now();

        // Then
        assertThat(ground.starter.adopt(partition.holder(), partition.init())).isEmpty();
        assertThat(TestGround.Holdings.now()).isEqualTo(before);
    }

    @Test
    void doesNotTakeUpAStrangerWithTheSameNumber() {
        // Given
        RunningPartition partition = ground.boot(new Init.Shell(), true);
        ProcessId stranger =
                new ProcessId(partition.init().pid(), partition.init().startTicks() + 1);
        TestGround.Holdings before = TestGround.Holdings.now();

        // Then
        assertThat(ground.starter.adopt(partition.holder(), stranger)).isEmpty();
        assertThat(TestGround.Holdings.now()).isEqualTo(before);
    }
}
