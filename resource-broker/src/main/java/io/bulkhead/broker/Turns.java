package io.bulkhead.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Lets works that must not race go one after another, in the order in which they were handed in. */
final class Turns {
    private CompletableFuture<?> last = CompletableFuture.completedFuture(Boolean.TRUE);

    /** Begins the work when everything before has ended, well or not. */
    synchronized <T> CompletionStage<T> next(Supplier<CompletionStage<T>> work) {
        CompletableFuture<T> turn = last.handle((result, failure) -> Boolean.TRUE)
                .thenCompose(ended -> work.get())
                .toCompletableFuture();
        last = turn;
        return turn;
    }
}
