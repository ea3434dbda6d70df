package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.Contender.CannotRunException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Lets contenders take turns, so that whatever happens on the machine meanwhile happens to all of them. The order is
 * another one in each round (and the same in each run), as whoever always follows the same neighbour inherits its mess:
 * the kernel still takes down the last one's network namespace when the next one starts.
 */
final class RoundRobin {
    private final int warmUp;
    private final int rounds;
    private final Consumer<String> progress;

    /**
     * @param warmUp rounds that do not count
     * @param rounds rounds that do
     * @param progress hears what is going on
     */
    RoundRobin(int warmUp, int rounds, Consumer<String> progress) {
        this.warmUp = warmUp;
        this.rounds = rounds;
        this.progress = progress;
    }

    /**
     * How one contender did.
     *
     * @param contender who
     * @param figures of all rounds, if it came through
     * @param obstacle why it did not
     */
    record Result(Contender contender, Optional<Figures> figures, Optional<String> obstacle) {}

    /** Runs all; one that cannot take part, or drops out, is in the results with its reason. */
    List<Result> run(List<Contender> contenders) {
        Map<Contender, List<Long>> times = new LinkedHashMap<>();
        Map<Contender, String> obstacles = new LinkedHashMap<>();
        try {
            for (Contender contender : contenders) {
                progress.accept("preparing " + contender.name());
                times.put(contender, new ArrayList<>());
                attempt(contender, obstacles, contender::prepare);
            }
            for (int round = 0; round < warmUp + rounds; round++) {
                progress.accept("round " + (round + 1) + " of " + (warmUp + rounds));
                takeTurns(contenders, round, times, obstacles);
            }
        } finally {
            contenders.forEach(Contender::close);
        }
        return contenders.stream()
                .map(contender -> new Result(
                        contender,
                        obstacles.containsKey(contender)
                                ? Optional.empty()
                                : Optional.of(Figures.of(times.getOrDefault(contender, List.of()))),
                        Optional.ofNullable(obstacles.get(contender))))
                .toList();
    }

    private void takeTurns(
            List<Contender> contenders, int round, Map<Contender, List<Long>> times, Map<Contender, String> obstacles) {
        List<Contender> order = new ArrayList<>(contenders);
        Collections.shuffle(order, new Random(round));
        for (Contender contender : order) {
            if (!obstacles.containsKey(contender)) {
                attempt(contender, obstacles, () -> {
                    long nanos = contender.start();
                    if (round >= warmUp) {
                        times.getOrDefault(contender, new ArrayList<>()).add(nanos);
                    }
                });
            }
        }
    }

    private interface Attempt {
        void make() throws CannotRunException;
    }

    private void attempt(Contender contender, Map<Contender, String> obstacles, Attempt attempt) {
        try {
            attempt.make();
        } catch (CannotRunException | RuntimeException e) {
            obstacles.put(contender, String.valueOf(e.getMessage()));
            progress.accept(contender.name() + " cannot run: " + e.getMessage());
        }
    }
}
