package io.bulkhead.broker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulkhead.broker.Refusals;
import io.bulkhead.broker.testing.FakeManager;
import io.bulkhead.broker.testing.Samples;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.PartitionName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ManagerClientIT {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final PartitionName DB = new PartitionName("db");

    @TempDir
    Path directory;

    private FakeManager fake;
    private Vertx vertx;
    private ManagerClient client;

    @BeforeEach
    void start() {
        Path socket = directory.resolve("manager.sock");
        fake = new FakeManager(socket, CpuSet.parse("0-1"));
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        client = new ManagerClient(vertx, new ClientOptions(socket, 2, 3, 150, 300, 300, 20, 200));
    }

    @AfterEach
    void stop() throws Exception {
        client.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        fake.close();
    }

    private CompletableFuture<Reply> ask(Order order) {
        return client.ask(order, LONG).toCompletableFuture();
    }

    private static ProblemCode refusal(CompletableFuture<?> asked) {
        try {
            Object result = asked.get(20, TimeUnit.SECONDS);
            throw new AssertionError("no refusal but " + result);
        } catch (ExecutionException e) {
            return Refusals.of(e).problem().code();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void answersManyOrdersOverFewConnections() {
        List<CompletableFuture<Reply>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(ask(new Order.DescribeHost()));
        }

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(new Reply.Host(fake.host())));
        assertThat(fake.connections()).isLessThanOrEqualTo(2);
    }

    @Test
    void givesARefusalAsAReply() {
        Problem problem = Problem.of(ProblemCode.WRONG_STATE, "it runs");
        fake.refuseNext(Order.ListPartitions.class, problem);

        assertThat(ask(new Order.ListPartitions()).join()).isEqualTo(new Reply.Refused(problem));
    }

    @Test
    void answersQuestionsWhileLongOrdersHoldAllOtherConnections() {
        fake.hold(Order.DeletePartition.class);
        List<CompletableFuture<Reply>> slow = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            slow.add(ask(new Order.DeletePartition(DB)));
        }

        Reply quick = ask(new Order.ListPartitions()).join();

        assertThat(quick).isEqualTo(new Reply.Partitions(List.of()));
        assertThat(slow).noneMatch(CompletableFuture::isDone);
        fake.letGo(Order.DeletePartition.class);
        assertThat(slow).allSatisfy(each -> assertThat(each.join()).isInstanceOf(Reply.Refused.class));
    }

    @Test
    void givesUpOnAnAnswerThatDoesNotComeAndNeverTakesItForAnother() {
        fake.hold(Order.ListPartitions.class);
        CompletableFuture<Reply> late =
                client.ask(new Order.ListPartitions(), Duration.ofMillis(100)).toCompletableFuture();

        assertThat(refusal(late)).isEqualTo(ProblemCode.TIMED_OUT);
        fake.letGo(Order.ListPartitions.class);
        assertThat(ask(new Order.DescribeHost()).join()).isInstanceOf(Reply.Host.class);
        await().until(() -> fake.connections() == 1);
    }

    @Test
    void saysThatNobodyListens() {
        fake.stop();

        assertThat(refusal(ask(new Order.DescribeHost()))).isEqualTo(ProblemCode.UNREACHABLE);
    }

    @Test
    void saysThatAnOrderWasCutOff() {
        fake.hold(Order.StartPartition.class);
        CompletableFuture<Reply> start = ask(new Order.StartPartition(DB));
        await().until(() -> !fake.orders().isEmpty());

        fake.stop();

        assertThat(refusal(start)).isEqualTo(ProblemCode.UNREACHABLE);
    }

    @Test
    void goesOnWithARestartedManager() {
        ask(new Order.DescribeHost()).join();
        fake.stop();
        fake.start();

        assertThat(ask(new Order.DescribeHost()).join()).isInstanceOf(Reply.Host.class);
    }

    @Test
    void waitsALittleForAManagerThatIsComing() {
        fake.stop();
        CompletableFuture<Reply> answer = ask(new Order.DescribeHost());
        fake.start();

        assertThat(answer.join()).isInstanceOf(Reply.Host.class);
    }

    @Test
    void refusesAnotherProtocol() {
        fake.speak(2);

        assertThat(refusal(ask(new Order.DescribeHost()))).isEqualTo(ProblemCode.PROTOCOL_ERROR);
    }

    @Test
    void takesNoStreamForAnOrder() {
        assertThatThrownBy(() -> ask(new Order.FollowEvents(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.openStream(new Order.DescribeHost()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsTheFramesOfAStreamUntilItIsStarted() throws Exception {
        fake.put(Samples.definition("db", 1), Samples.slice("1"));
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        CompletableFuture<ManagerStream> opened = new CompletableFuture<>();
        vertx.runOnContext(now ->
                complete(client.openStream(new Order.OpenConsole(DB, "me", false, false, 100_000, false)), opened));
        ManagerStream stream = opened.get(20, TimeUnit.SECONDS);

        vertx.runOnContext(now -> stream.start(frame -> sizes.add(frame.payload().length), () -> ended.complete(true)));

        assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(stream.offset()).isEqualTo(5);
        assertThat(sizes).containsExactly(65_536, 34_464);
    }

    @Test
    void followsEventsAcrossRestartsWithoutLossOrRepetition() throws Exception {
        List<Long> sequences = new CopyOnWriteArrayList<>();
        EventFollower follower = follow(0, sequences);
        await().until(() -> sequences.size() == 1);
        for (int restart = 0; restart < 3; restart++) {
            fake.stop();
            fake.record(new Event.PartitionDeleted(DB));
            fake.start();
        }

        await().until(() -> sequences.size() == 7);

        assertThat(sequences).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        vertx.runOnContext(now -> follower.close());
        await().until(() -> fake.connections() == 0);
    }

    private EventFollower follow(long after, List<Long> sequences) throws Exception {
        CompletableFuture<EventFollower> opened = new CompletableFuture<>();
        vertx.runOnContext(now -> complete(
                EventFollower.open(client, after, new EventFollower.Listener() {
                    @Override
                    public void event(EventRecord event) {
                        sequences.add(event.sequence());
                    }

                    @Override
                    public void gap(StreamMessage.Gap gap) {
                        throw new AssertionError("no gap was made: " + gap);
                    }
                }),
                opened));
        return opened.get(20, TimeUnit.SECONDS);
    }

    private static <T> void complete(Future<T> from, CompletableFuture<T> to) {
        from.onSuccess(to::complete).onFailure(to::completeExceptionally);
    }
}
