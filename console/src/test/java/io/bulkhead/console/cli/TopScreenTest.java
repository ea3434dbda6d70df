package io.bulkhead.console.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.testing.Samples;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionUsage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TopScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final UsageTable table = new UsageTable(UsageTable.Order.cpu, false);

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    private PrintStream out() {
        return new PrintStream(shown, true, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"q", "xQ", "\u0003", "\u0004"})
    void leavesAtOnceByAKey(String keys) {
        TopScreen screen = new TopScreen(
                () -> List.of(Samples.usage("db", 1000, 0, "1MiB", 1)),
                table,
                Duration.ofHours(1),
                new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
                out());

        assertThat(screen.run()).isZero();

        assertThat(shown()).contains("NAME  STATE", "db    running    -").endsWith("\u001b[J\u001b[?7h");
    }

    @Test
    void drawsOverItselfAndTellsOfAControlPlaneThatIsAway() throws IOException {
        PipedOutputStream typing = new PipedOutputStream();
        Deque<Supplier<List<PartitionUsage>>> measurements = new ArrayDeque<>();
        measurements.add(() -> List.of(Samples.usage("db", 1000, 0, "1MiB", 1)));
        measurements.add(() -> {
            throw Refusal.of(ProblemCode.UNREACHABLE, "nobody answers");
        });
        measurements.add(() -> {
            type(typing, 'q');
            return List.of(Samples.usage("db", 3000, 1_000_000, "1MiB", 1));
        });
        TopScreen screen = new TopScreen(
                () -> measurements.size() > 1
                        ? measurements.removeFirst().get()
                        : measurements.getFirst().get(),
                table,
                Duration.ofMillis(1),
                new PipedInputStream(typing),
                out());

        screen.run();

        assertThat(shown()).contains("nobody answers", "db    running  50.0%");
        assertThat(shown().split("\u001b\\[H")).hasSizeGreaterThan(3);
    }

    @Test
    void sortsByAKeyAtOnce() {
        List<PartitionUsage> usages =
                List.of(Samples.usage("db", 1000, 0, "512MiB", 1), Samples.usage("web", 1000, 0, "1MiB", 99));
        TopScreen screen = new TopScreen(
                () -> usages,
                table,
                Duration.ofHours(1),
                new ByteArrayInputStream("tq".getBytes(StandardCharsets.UTF_8)),
                out());

        screen.run();

        String last = shown().substring(shown().lastIndexOf("bulkhead top"));
        assertThat(last).contains("by tasks (c m t i n); q leaves");
        assertThat(last.indexOf("web")).isLessThan(last.indexOf("db "));
    }

    private static void type(PipedOutputStream typing, int key) {
        try {
            typing.write(key);
            typing.flush();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void doesNotBeginWithoutAControlPlane() {
        TopScreen screen = new TopScreen(
                () -> {
                    throw Refusal.of(ProblemCode.UNREACHABLE, "nobody answers");
                },
                table,
                Duration.ofMillis(1),
                new ByteArrayInputStream(new byte[0]),
                out());

        assertThatThrownBy(screen::run).isInstanceOf(Refusal.class);
        assertThat(shown()).isEmpty();
    }
}
