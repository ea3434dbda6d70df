package io.bulkhead.console.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.console.protocol.ServerMessage.Answered.Answer;
import io.bulkhead.console.protocol.ServerMessage.WriterChanged.Cause;
import io.bulkhead.console.protocol.Wish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class WriterLeaseTest {
    private static final long ANN = 1;
    private static final long BOB = 2;
    private static final long CAM = 3;

    private final WriterLease lease = new WriterLease(LeaseOptions.DEFAULT);

    private static OptionalLong of(long viewer) {
        return OptionalLong.of(viewer);
    }

    private void attach(long... viewers) {
        for (long viewer : viewers) {
            lease.attach(viewer, Wish.WRITE, "", 0);
        }
    }

    @Test
    void theFirstOneWritesAndTheOthersWait() {
        assertThat(lease.attach(ANN, Wish.WRITE, "", 0))
                .containsExactly(new LeaseNews.Changed(OptionalLong.empty(), of(ANN), Cause.ATTACHED, ""));
        assertThat(lease.attach(BOB, Wish.WRITE, "", 0)).containsExactly(new LeaseNews.QueueChanged());
        assertThat(lease.attach(CAM, Wish.VIEW, "", 0)).isEmpty();

        assertThat(lease.writer()).isEqualTo(of(ANN));
        assertThat(lease.queue()).containsExactly(BOB);
        assertThat(lease.typed(ANN, 0)).isTrue();
        assertThat(lease.typed(BOB, 0)).isFalse();
    }

    @Test
    void theNextOneIsPromotedWhenTheWriterLeaves() {
        attach(ANN, BOB, CAM);

        assertThat(lease.detach(ANN, 1)).containsExactly(new LeaseNews.Changed(of(ANN), of(BOB), Cause.PROMOTED, ""));
        assertThat(lease.queue()).containsExactly(CAM);
    }

    @Test
    void whoTakesOverGivesItBackByLeaving() {
        attach(ANN, BOB);

        assertThat(lease.takeOver(CAM, "maintenance", 1))
                .containsExactly(new LeaseNews.Changed(of(ANN), of(CAM), Cause.TAKEN_OVER, "maintenance"));
        assertThat(lease.queue()).containsExactly(ANN, BOB);
        lease.detach(CAM, 2);
        assertThat(lease.writer()).isEqualTo(of(ANN));
    }

    @Test
    void aRequestIsGrantedOrDeclinedByTheWriterAlone() {
        attach(ANN, BOB, CAM);

        assertThat(lease.request(CAM, 0)).containsExactly(new LeaseNews.Asked(CAM, ANN, 30_000));
        assertThat(lease.grant(BOB, 1)).isEmpty();
        assertThat(lease.grant(ANN, 1))
                .containsExactly(
                        new LeaseNews.Answered(CAM, of(ANN), Answer.GRANTED),
                        new LeaseNews.Changed(of(ANN), of(CAM), Cause.GRANTED, ""));
        assertThat(lease.queue()).containsExactly(ANN, BOB);

        lease.request(BOB, 2);
        assertThat(lease.decline(CAM)).containsExactly(new LeaseNews.Answered(BOB, of(CAM), Answer.DECLINED));
        assertThat(lease.queue()).containsExactly(ANN, BOB);
    }

    @Test
    void aRequestTimesOutAndItsViewerGoesOnWaiting() {
        attach(ANN);
        lease.request(CAM, 0);

        assertThat(lease.tick(29_999)).isEmpty();
        assertThat(lease.tick(30_000)).containsExactly(new LeaseNews.Answered(CAM, of(ANN), Answer.TIMED_OUT));
        assertThat(lease.queue()).containsExactly(CAM);
    }

    @Test
    void whoAsksWhereNobodyWritesHasIt() {
        lease.attach(ANN, Wish.VIEW, "", 0);

        assertThat(lease.request(ANN, 0))
                .containsExactly(new LeaseNews.Changed(OptionalLong.empty(), of(ANN), Cause.PROMOTED, ""));
    }

    @Test
    void theNewWriterIsAskedWhatTheOldOneDidNotAnswer() {
        attach(ANN, BOB);
        lease.request(CAM, 0);

        assertThat(lease.release(ANN, 10_000))
                .containsExactly(
                        new LeaseNews.Changed(of(ANN), of(BOB), Cause.PROMOTED, ""),
                        new LeaseNews.Asked(CAM, BOB, 20_000));
    }

    @Test
    void whoIsIdleGivesItUp() {
        WriterLease idling = new WriterLease(LeaseOptions.DEFAULT.withIdleMillis(1_000));
        idling.attach(ANN, Wish.WRITE, "", 0);
        idling.typed(ANN, 500);

        assertThat(idling.tick(1_499)).isEmpty();
        assertThat(idling.tick(1_500))
                .containsExactly(new LeaseNews.Changed(of(ANN), OptionalLong.empty(), Cause.IDLE, ""));
        assertThat(lease.tick(Long.MAX_VALUE / 2)).isEmpty();
    }

    /** After a restart of the service, in whatever order they come. */
    @Test
    void whoWroteBeforeARestartWritesAgain() {
        lease.attach(BOB, Wish.WAIT, "", 0);
        assertThat(lease.tick(2_999)).isEmpty();
        lease.attach(ANN, Wish.RESUME, "", 2_999);
        assertThat(lease.writer()).isEqualTo(of(ANN));

        WriterLease without = new WriterLease(LeaseOptions.DEFAULT);
        without.attach(BOB, Wish.WAIT, "", 0);
        without.tick(3_000);
        assertThat(without.writer()).isEqualTo(of(BOB));
        without.attach(ANN, Wish.RESUME, "", 4_000);
        assertThat(without.queue()).containsExactly(ANN);
    }

    /** Plays at random against a model that is only told what the lease says. */
    @Property(tries = 500)
    void atMostOneWritesAndNoRequestIsLost(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        Random random = new Random(seed);
        WriterLease played = new WriterLease(new LeaseOptions(50, random.nextBoolean() ? 0 : 40, 20));
        TreeSet<Long> there = new TreeSet<>();
        Map<Long, Integer> open = new HashMap<>();
        OptionalLong writer = OptionalLong.empty();
        long now = 0;
        long last = 0;
        for (int i = 0; i < 300; i++) {
            now += random.nextInt(10);
            List<LeaseNews> news = new ArrayList<>();
            if (there.isEmpty() || random.nextInt(6) == 0) {
                there.add(++last);
                news.addAll(played.attach(last, List.of(Wish.values()).get(random.nextInt(5)), "", now));
            } else {
                long who = there.stream()
                        .skip(random.nextInt(there.size()))
                        .findFirst()
                        .orElseThrow();
                boolean asked = played.asking().contains(who);
                switch (random.nextInt(8)) {
                    case 0 -> {
                        there.remove(who);
                        news.addAll(played.detach(who, now));
                        assertThat(played.place(who)).isZero();
                        assertThat(played.isWriter(who)).isFalse();
                    }
                    case 1, 2 -> {
                        boolean wrote = played.isWriter(who);
                        boolean free = played.writer().isEmpty();
                        news.addAll(played.request(who, now));
                        if (!wrote && !asked && !free) {
                            open.merge(who, 1, Integer::sum);
                        }
                    }
                    case 3 -> news.addAll(played.grant(who, now));
                    case 4 -> news.addAll(played.decline(who));
                    case 5 -> {
                        news.addAll(played.takeOver(who, "", now));
                        assertThat(played.isWriter(who)).isTrue();
                    }
                    case 6 -> news.addAll(played.release(who, now));
                    default -> played.typed(who, now);
                }
            }
            news.addAll(played.tick(now));
            for (LeaseNews each : news) {
                if (each instanceof LeaseNews.Changed changed) {
                    assertThat(changed.from()).isEqualTo(writer);
                    writer = changed.to();
                } else if (each instanceof LeaseNews.Answered answered) {
                    assertThat(open.merge(answered.viewer(), -1, Integer::sum)).isZero();
                }
            }
            assertThat(played.writer()).isEqualTo(writer);
            assertThat(there).containsAll(played.queue());
            assertThat(played.queue()).doesNotHaveDuplicates().containsAll(played.asking());
            writer.ifPresent(one -> assertThat(played.queue()).doesNotContain(one));
            open.forEach((viewer, count) ->
                    assertThat(count).isEqualTo(played.asking().contains(viewer) ? 1 : 0));
        }
        // Once the grace is over, nobody waits while nobody writes.
        played.tick(now + 1_000);
        assertThat(played.writer().isPresent() || played.queue().isEmpty()).isTrue();
    }
}
