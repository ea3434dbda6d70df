package io.bulkhead.manager.life;

import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import java.util.Optional;

/**
 * Where a partition is in its life; the methods of a state are the ways out of it, so that no other way compiles.
 *
 * <pre>
 *              bind                start              started            pause
 *  {@link Defined} ⇄ {@link Bound} ──────────▶ {@link Starting} ──────▶ {@link Running} ⇄ {@link Paused}
 *             release  ▲  ▲            │               │    │    resume  │
 *                      │  │            │ failed        │    │ stop       │ stop
 *                      │  │ settled    ▼               │    ▼            │
 *                      │  └────── {@link Failed} ◀─────┤ {@link Stopping} ◀──┘
 *                      │             │ ▲    failed     │    │
 *                      │       start │ └───────────────┼────┤ failed
 *                      └─────────────┼─────────────────┴────┘
 *                           (to Starting)   ended, stopped
 * </pre>
 *
 * A paused partition can end like a running one. Immutable.
 */
sealed interface LifeState {
    /** The word that users see. */
    State word();

    /** What it holds. */
    Optional<Slice> slice();

    /** Why it failed, or how its last run ended. */
    default Optional<String> reason() {
        return Optional.empty();
    }

    /** Holds no hardware. */
    record Defined(Optional<String> lastEnding) implements LifeState {
        Bound bind(Slice taken) {
            return new Bound(taken, lastEnding);
        }

        @Override
        public State word() {
            return State.DEFINED;
        }

        @Override
        public Optional<Slice> slice() {
            return Optional.empty();
        }

        @Override
        public Optional<String> reason() {
            return lastEnding;
        }
    }

    /** A state in which nothing runs and a slice is held. */
    sealed interface AtRest extends LifeState {
        Slice held();

        default Starting start() {
            return new Starting(held());
        }

        default Defined release() {
            return new Defined(reason());
        }

        /** Holds another slice instead; whatever had failed before is settled. */
        default Bound rebind(Slice other) {
            return new Bound(other, reason());
        }

        @Override
        default Optional<Slice> slice() {
            return Optional.of(held());
        }
    }

    /** Holds its slice, nothing runs. */
    record Bound(Slice held, Optional<String> lastEnding) implements AtRest {
        Failed failed(String why) {
            return new Failed(held, why);
        }

        @Override
        public State word() {
            return State.BOUND;
        }

        @Override
        public Optional<String> reason() {
            return lastEnding;
        }
    }

    /** The last start or run ended wrongly; holds its slice. */
    record Failed(Slice held, String why) implements AtRest {
        Bound settled() {
            return new Bound(held, Optional.of(why));
        }

        @Override
        public State word() {
            return State.FAILED;
        }

        @Override
        public Optional<String> reason() {
            return Optional.of(why);
        }
    }

    /** Process 1 was not let run yet. */
    record Starting(Slice held) implements LifeState {
        Running started(Run run) {
            return new Running(held, run);
        }

        Failed failed(String why) {
            return new Failed(held, why);
        }

        @Override
        public State word() {
            return State.STARTING;
        }

        @Override
        public Optional<Slice> slice() {
            return Optional.of(held);
        }
    }

    /** A state in which process 1 exists and was let run. */
    sealed interface Alive extends LifeState {
        Slice held();

        Run run();

        default Stopping stop() {
            return new Stopping(held(), run());
        }

        /** It ended by itself, as it should. */
        default Bound ended(String how) {
            return new Bound(held(), Optional.of(how));
        }

        /** It ended by itself, wrongly. */
        default Failed failed(String why) {
            return new Failed(held(), why);
        }

        @Override
        default Optional<Slice> slice() {
            return Optional.of(held());
        }
    }

    record Running(Slice held, Run run) implements Alive {
        Paused pause() {
            return new Paused(held, run);
        }

        @Override
        public State word() {
            return State.RUNNING;
        }
    }

    /** Every task is frozen. */
    record Paused(Slice held, Run run) implements Alive {
        Running resume() {
            return new Running(held, run);
        }

        @Override
        public State word() {
            return State.PAUSED;
        }
    }

    /** Between the order to stop and the end of the last task. */
    record Stopping(Slice held, Run run) implements LifeState {
        Bound stopped(String how) {
            return new Bound(held, Optional.of(how));
        }

        Failed failed(String why) {
            return new Failed(held, why);
        }

        @Override
        public State word() {
            return State.STOPPING;
        }

        @Override
        public Optional<Slice> slice() {
            return Optional.of(held);
        }
    }
}
