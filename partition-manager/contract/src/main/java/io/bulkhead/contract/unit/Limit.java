package io.bulkhead.contract.unit;

import java.util.function.Function;

/**
 * A bound that may be absent: no magic number stands for "none". JSON: the value's own form, or {@code "unlimited"}.
 *
 * @param <T> the bounded quantity
 */
public sealed interface Limit<T> permits Limit.Limited, Limit.Unlimited {
    /** The word for no bound, in text and JSON. */
    String UNLIMITED = "unlimited";

    /** A bound that holds. */
    record Limited<T>(T value) implements Limit<T> {
        @Override
        public String toString() {
            return value.toString();
        }
    }

    /** No bound. */
    record Unlimited<T>() implements Limit<T> {
        @Override
        public String toString() {
            return UNLIMITED;
        }
    }

    static <T> Limit<T> of(T value) {
        return new Limited<>(value);
    }

    static <T> Limit<T> unlimited() {
        return new Unlimited<>();
    }

    /** Applies a function to the bound, or gives the other value where there is none. */
    default <R> R fold(Function<? super T, ? extends R> limited, R unlimited) {
        return this instanceof Limited<T> bound ? limited.apply(bound.value()) : unlimited;
    }

    default boolean isLimited() {
        return this instanceof Limited;
    }
}
