package io.bulkhead.manager.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AutostartTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void startsThoseOfOneTurnTogetherAndTheNextTurnAfterAllOfThem() throws InterruptedException {
        CountDownLatch bothStarting = new CountDownLatch(2);
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean slowOneIsUp = new AtomicBoolean();
        AtomicBoolean wasUpBefore = new AtomicBoolean();
        List<Autostart.Candidate> candidates = new ArrayList<>();
        candidates.add(candidate("last", 7, () -> {
            wasUpBefore.set(slowOneIsUp.get());
            done.countDown();
        }));
        candidates.add(candidate("quick", 3, bothStarting::countDown));
        candidates.add(candidate("slow", 3, () -> {
            bothStarting.countDown();
            await(bothStarting);
            slowOneIsUp.set(true);
        }));

        new Autostart(threads).start(candidates);

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wasUpBefore).isTrue();
    }

    @Test
    void goesOnToTheNextTurnAfterAFailure() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);

        new Autostart(threads)
                .start(List.of(
                        candidate("broken", 1, () -> {
                            throw new IllegalStateException("no");
                        }),
                        candidate("sound", 2, done::countDown)));

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static Autostart.Candidate candidate(String name, int turn, Runnable start) {
        return new Autostart.Candidate(new PartitionName(name), turn, start);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
