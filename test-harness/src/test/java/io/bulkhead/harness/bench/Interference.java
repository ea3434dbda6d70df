package io.bulkhead.harness.bench;

import io.bulkhead.contract.hardware.CpuSet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a victim alone and beside a hog, in one pair of neighbours. */
final class Interference {
    /**
     * Stands on the victim's CPUs, off the hog's. Confined as the host's tasks are on cgroup v1, it has to go up to the root
     * for it; where the kernel has given those CPUs away altogether (v2) it stays where it is.
     */
    private static final String BESIDE_VICTIM =
            "{ echo $$ >/sys/fs/cgroup/cpuset/tasks; taskset -p -c \"$0\" $$; }" + " >/dev/null 2>&1; exec \"$@\"";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A hog must have shown what it does before its victim is asked. */
    private static final Duration UNTIL_A_HOG_HOGS = Duration.ofSeconds(8);

    private final Neighbours pair;
    private final CpuSet victimCpus;
    private final double seconds;

    /**
     * @param victimCpus where a client outside stands too: on the pool it would be in the hog's way, and be measured itself
     * @param seconds how long the victim is asked each time
     */
    Interference(Neighbours pair, CpuSet victimCpus, double seconds) {
        this.pair = pair;
        this.victimCpus = victimCpus;
        this.seconds = seconds;
    }

    /**
     * One hog's turn.
     *
     * @param alone the victim without it
     * @param beside the victim while it hogged
     * @param deeds how often it did what it does, until the victim had been asked
     */
    record Round(Latencies alone, Latencies beside, long deeds) {}

    /**
     * Measures once.
     *
     * @param hogFirst whether the victim is alone after the hog rather than before
     * @throws IOException if the victim cannot even serve alone
     */
    Round measure(Hog hog, boolean hogFirst) throws IOException {
        @Nullable Latencies alone = hogFirst ? null : alone(hog.victim());
        pair.serve();
        Program hogging = pair.inHog(hog.command(pair.address()));
        awaitDeeds(hogging);
        Latencies beside = besides(hog.victim());
        long deeds = Hog.count(hogging.output());
        pair.calmHog();
        return new Round(alone == null ? alone(hog.victim()) : alone, beside, deeds);
    }

    private Latencies alone(Victim victim) throws IOException {
        pair.serve();
        try {
            return Latencies.parse(ask(victim));
        } catch (IllegalArgumentException e) {
            throw new IOException("alone, " + e.getMessage(), e);
        }
    }

    /** A victim that cannot be asked at all counts as one call that failed, and took as long as it was to be asked. */
    private Latencies besides(Victim victim) {
        try {
            return Latencies.parse(ask(victim));
        } catch (IOException | IllegalArgumentException e) {
            return Latencies.of(new long[] {(long) (seconds * 1e9)}, 1, String.valueOf(e.getMessage()));
        }
    }

    private String ask(Victim victim) throws IOException {
        List<String> command = victim.command(seconds, pair.address());
        if (!victim.isAskedFromOutside()) {
            return pair.inVictim(command).await(PATIENCE);
        }
        List<String> words = new ArrayList<>(List.of("sh", "-c", BESIDE_VICTIM, victimCpus.toString()));
        words.addAll(command);
        return HostProgram.start(words).await(PATIENCE);
    }

    private static void awaitDeeds(Program hogging) throws IOException {
        long deadline = System.nanoTime() + UNTIL_A_HOG_HOGS.toNanos();
        try {
            while (Hog.count(hogging.output()) == 0 && hogging.status().isEmpty() && System.nanoTime() < deadline) {
                hogging.awaitChange(Duration.ofMillis(100));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (Hog.count(hogging.output()) == 0) {
            throw new IOException("the hog does nothing; it said: "
                    + hogging.output().strip()
                    + hogging.status()
                            .map(status -> " and ended with " + status)
                            .orElse(""));
        }
    }
}
