package io.bulkhead.broker.placement;

import java.util.List;
import java.util.Optional;

/**
 * Searches exhaustively for a way to divide cores among several claims at once. The question is stripped of names: cores
 * that no claim can tell apart are one group, and only how many threads of each group a claim gets is asked.
 *
 * <p>Implementations may be used by one thread at a time.
 */
public interface ExactSearch {
    /** One that never finds anything and proves nothing. */
    ExactSearch NONE = question -> new Answer.NotFound(false);

    Answer search(Question question);

    /**
     * Cores of one node, cache, type and size.
     *
     * @param threadsPerCore of each
     * @param wholeCores how many are nobody's
     * @param looseThreads threads that are nobody's, of cores that are divided already
     */
    record Group(int threadsPerCore, int wholeCores, int looseThreads) {}

    /**
     * Groups among which all CPUs of one claim may be chosen freely.
     *
     * @param groups by position in {@link Question#groups}
     * @param fixed how many threads it takes of each of these, where that is not free
     * @param cost what this choice costs; the sum is to be as small as possible
     */
    record Option(List<Integer> groups, Optional<List<Integer>> fixed, int cost) {
        public Option {
            groups = List.copyOf(groups);
            fixed = fixed.map(List::copyOf);
        }
    }

    /**
     * One claim.
     *
     * @param count how many threads it needs
     * @param wholeCores whether it takes whole cores only
     * @param options exactly one of which is chosen, the best first
     */
    record Item(int count, boolean wholeCores, List<Option> options) {
        public Item {
            options = List.copyOf(options);
        }
    }

    /**
     * What is asked.
     *
     * @param groups all cores that are to be divided
     * @param items all claims
     * @param brief whether a small part of the time is enough, as there is another way if this fails
     */
    record Question(List<Group> groups, List<Item> items, boolean brief) {
        public Question {
            groups = List.copyOf(groups);
            items = List.copyOf(items);
        }
    }

    /** What came out. */
    sealed interface Answer {
        /**
         * A way.
         *
         * @param options which option of each item
         * @param threads for each item how many threads of each group it gets
         * @param cheapest whether it is proven that no way costs less
         */
        record Found(List<Integer> options, List<List<Integer>> threads, boolean cheapest) implements Answer {}

        /**
         * None.
         *
         * @param proven whether there is none at all; otherwise the time was over
         */
        record NotFound(boolean proven) implements Answer {}
    }
}
