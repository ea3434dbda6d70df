package io.bulkhead.broker.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.operation.RecordedAnswers.Answer;
import io.bulkhead.broker.operation.RecordedAnswers.Found;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private static final PartitionName DB = new PartitionName("db");

    private long now = 1_000_000_000_000L;
    private final Operations operations = new Operations(() -> now);

    private Operation begin() {
        return operations.begin("start", DB, "root");
    }

    @Test
    void tellsOfStepsAndOfTheEnd() {
        Operation operation = begin();
        CompletableFuture<Operation> step =
                operations.changed(operation.id(), 0).toCompletableFuture();
        CompletableFuture<Operation> end = operations.changed(operation.id(), 1).toCompletableFuture();
        assertThat(step).isNotDone();

        operations.step(operation, new Operation.Step(now, "partition-starting"));

        assertThat(step.join().steps()).hasSize(1);
        assertThat(end).isNotDone();
        operations.done(operation, Json.of(1));
        assertThat(end.join().state()).isEqualTo(Operation.State.DONE);
        assertThat(operations.changed(operation.id(), 99).toCompletableFuture()).isDone();
        operations.failed(operation, Problem.of(ProblemCode.FAILED, "too late"));
        assertThat(operations.show(operation.id()).result()).contains(Json.of(1));
    }

    @Test
    void forgetsWhoNoLongerWaits() {
        Operation operation = begin();
        CompletableFuture<Operation> told =
                operations.changed(operation.id(), 0).toCompletableFuture();

        operations.giveUp(operation.id(), told);
        operations.done(operation, Json.of(1));

        assertThat(told).isNotDone();
    }

    @Test
    void keepsTheNewestForADayAndAlwaysWhatRuns() {
        Operation running = begin();
        for (int i = 0; i < Operations.KEPT + 10; i++) {
            operations.done(begin(), Json.of(i));
        }

        assertThat(operations.after(0, 10_000))
                .hasSize(Operations.KEPT + 1)
                .first()
                .isEqualTo(running);
        now += Operations.KEPT_MILLIS + 1;
        assertThat(operations.after(0, 10_000)).containsExactly(running);
    }

    @Test
    void runsOnlySoManyAtOnce() {
        Operation first = begin();
        for (int i = 1; i < Operations.RUNNING; i++) {
            begin();
        }

        assertThatThrownBy(this::begin).hasMessageContaining("128 operations are running");
        operations.failed(first, Problem.of(ProblemCode.FAILED, "no"));
        assertThat(begin().state()).isEqualTo(Operation.State.RUNNING);
    }

    @Test
    void knowsNoOperationOfAnotherControlPlane() {
        Operation operation = begin();
        now += 5;

        assertThatThrownBy(() -> new Operations(() -> now).show(operation.id()))
                .hasMessageContaining("there is no operation");
        assertThat(operations.number(operation.id())).contains(1L);
        assertThat(operations.number("zzz-1")).isEmpty();
    }

    // ---- recorded answers

    private final RecordedAnswers answers = new RecordedAnswers(() -> now);

    @Test
    void givesTheSameRequestTheSameAnswer() {
        Answer answer = new Answer(201, Map.of("ETag", "\"1\""), "{}");
        assertThat(answers.begin("k", "a")).isEqualTo(new Found.Fresh());
        assertThat(answers.begin("k", "a")).isEqualTo(new Found.Running());
        assertThat(answers.begin("k", "b")).isEqualTo(new Found.OtherRequest());

        answers.finish("k", answer);

        assertThat(answers.begin("k", "a")).isEqualTo(new Found.Answered(answer));
        assertThat(answers.begin("k", "b")).isEqualTo(new Found.OtherRequest());
        now += RecordedAnswers.KEPT_MILLIS + 1;
        assertThat(answers.begin("k", "b")).isEqualTo(new Found.Fresh());
        answers.forget("k");
        assertThat(answers.begin("k", "c")).isEqualTo(new Found.Fresh());
    }

    @Test
    void keepsSoManyAnswersAndNoMoreThanSoMuchText() {
        answers.begin("running", "a");
        for (int i = 0; i < 3 * RecordedAnswers.KEPT; i++) {
            answers.begin("k" + i, "a");
            answers.finish("k" + i, new Answer(200, Map.of(), "x".repeat(100)));
        }
        assertThat(answers.size()).isLessThanOrEqualTo(RecordedAnswers.KEPT);
        assertThat(answers.begin("running", "a")).isEqualTo(new Found.Running());
        assertThat(answers.begin("k2999", "a")).isInstanceOf(Found.Answered.class);

        for (int i = 0; i < 20; i++) {
            answers.begin("large" + i, "a");
            answers.finish("large" + i, new Answer(200, Map.of(), "x".repeat(1 << 20)));
        }
        assertThat(answers.size()).isLessThan(10);
        assertThat(answers.begin("large19", "a")).isInstanceOf(Found.Answered.class);
    }
}
