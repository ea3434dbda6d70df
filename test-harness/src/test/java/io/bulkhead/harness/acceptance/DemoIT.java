package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.harness.acceptance.Installation.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The main job, as a newcomer runs it. */
@NotInTheLab("it measures rates and latencies, which emulated processors do not have")
class DemoIT {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    @Test
    void everyLineHoldsAndNothingIsLeft() {
        HostSnapshot before = HostSnapshot.of("bulkhead-demo", uid -> true);

        Result demo = Commands.run(List.of(Checkout.root().resolve("bulkhead").toString(), "demo"), "", DEADLINE)
                .expect(0);

        assertThat(demo.out())
                .contains("KERNEL SAYS", "MEASURED", "critical cpus", "batch io write", "lines hold")
                .doesNotContain("\u001b")
                .doesNotContain("BROKEN");
        assertThat(HostSnapshot.of("bulkhead-demo", uid -> true)).isEqualTo(before);
    }

    @Test
    void interruptedInTheMiddleItCleansUp() throws Exception {
        HostSnapshot before = HostSnapshot.of("bulkhead-demo", uid -> true);
        // Who starts the tests in the background may have had them ignore the signal.
        Process demo = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Checkout.root().resolve("bulkhead").toString(),
                        "demo")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        org.awaitility.Awaitility.await().atMost(DEADLINE).until(() -> HostSnapshot.groups("bulkhead-demo").stream()
                .anyMatch(group -> !group.isEmpty()));

        Commands.run(List.of("kill", "-INT", Long.toString(demo.pid())), "", Duration.ofSeconds(5));

        assertThat(demo.waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isNotZero();
        assertThat(HostSnapshot.of("bulkhead-demo", uid -> true)).isEqualTo(before);
    }
}
