package io.bulkhead.console.cli;

import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code bulkhead wait} can wait for. */
enum WaitCondition {
    /** Process 1 was let run. */
    RUNNING,
    /** Nothing of it runs, for whatever reason. */
    STOPPED,
    /** It holds its slice and nothing runs. */
    BOUND,
    /** It holds no slice. */
    DEFINED,
    PAUSED,
    FAILED,
    /** It holds a slice, and every promise of it is kept. */
    HELD,
    /** A promise is not kept. */
    DEGRADED,
    /** There is no such partition. */
    GONE;

    /** Whether it is so; an absent status is that of a partition that is not there. */
    boolean holds(Optional<PartitionStatus> status) {
        return this == GONE ? status.isEmpty() : status.filter(this::holds).isPresent();
    }

    private boolean holds(PartitionStatus status) {
        State state = status.state();
        return switch (this) {
            case RUNNING -> state == State.RUNNING;
            case STOPPED -> state == State.DEFINED || state == State.BOUND || state == State.FAILED;
            case BOUND -> state == State.BOUND;
            case DEFINED -> state == State.DEFINED;
            case PAUSED -> state == State.PAUSED;
            case FAILED -> state == State.FAILED;
            case HELD -> status.slice().isPresent() && status.degraded().isEmpty();
            case DEGRADED -> !status.degraded().isEmpty();
            case GONE -> false;
        };
    }

    /** The word for it on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(WaitCondition::word).toList();
    }

    static Optional<WaitCondition> of(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}
