package io.bulkhead.harness.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.harness.bench.RoundRobin.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private final List<String> calls = new ArrayList<>();

    /** Takes 1 ns for its first start, 2 ns for its second, and so on. */
    private final class Runner implements Contender {
        private final String name;
        private final Optional<String> obstacle;
        private final int obstacleAt;
        private int starts;

        Runner(String name) {
            this(name, Optional.empty(), 0);
        }

        /** @param obstacleAt the start that fails; 0 for the preparation */
        Runner(String name, Optional<String> obstacle, int obstacleAt) {
            this.name = name;
            this.obstacle = obstacle;
            this.obstacleAt = obstacleAt;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public String terms() {
            return "";
        }

        @Override
        public void prepare() throws CannotRunException {
            stumble(0);
        }

        @Override
        public long start() throws CannotRunException {
            starts++;
            stumble(starts);
            calls.add(name);
            return starts;
        }

        private void stumble(int at) throws CannotRunException {
            if (obstacle.isPresent() && at == obstacleAt) {
                throw new CannotRunException(obstacle.get());
            }
        }

        @Override
        public void close() {
            calls.add("close " + name);
        }
    }

    private static List<Result> run(int warmUp, int rounds, List<Contender> contenders) {
        return new RoundRobin(warmUp, rounds, progress -> {}).run(contenders);
    }

    @Test
    void countsTheRoundsAfterTheWarmUpOnly() {
        List<Result> results = run(2, 3, List.of(new Runner("a")));

        assertThat(results.get(0).figures()).contains(new Figures(3, 3, 4, 5));
    }

    @Test
    void givesEveryContenderOneTurnInEachRound() {
        run(0, 4, List.of(new Runner("a"), new Runner("b"), new Runner("c")));

        for (int round = 0; round < 4; round++) {
            assertThat(calls.subList(3 * round, 3 * round + 3)).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void changesTheNeighboursFromRoundToRound() {
        run(0, 8, List.of(new Runner("a"), new Runner("b"), new Runner("c")));

        assertThat(List.of(calls.subList(0, 3), calls.subList(3, 6), calls.subList(6, 9), calls.subList(9, 12)))
                .doesNotHaveDuplicates()
                .anyMatch(order -> order.indexOf("b") < order.indexOf("a"));
    }

    @Test
    void listsWhoCannotTakePartWithTheReason() {
        List<Result> results = run(0, 2, List.of(new Runner("a", Optional.of("not installed"), 0), new Runner("b")));

        assertThat(results.get(0).obstacle()).contains("not installed");
        assertThat(results.get(0).figures()).isEmpty();
        assertThat(results.get(1).figures()).isPresent();
    }

    @Test
    void dropsWhoFailsInTheMiddleAndTellsNoFiguresOfIt() {
        List<Result> results = run(0, 3, List.of(new Runner("a", Optional.of("it said nothing"), 2), new Runner("b")));

        assertThat(results.get(0).obstacle()).contains("it said nothing");
        assertThat(results.get(0).figures()).isEmpty();
        assertThat(calls.stream().filter("a"::equals)).hasSize(1);
    }

    @Test
    void closesEveryContenderAtTheEnd() {
        run(0, 1, List.of(new Runner("a", Optional.of("not installed"), 0), new Runner("b")));

        assertThat(calls).endsWith("close a", "close b");
    }
}
