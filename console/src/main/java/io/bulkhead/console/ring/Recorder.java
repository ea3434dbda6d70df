package io.bulkhead.console.ring;

/**
 * Watches what goes into a ring, and says at the start of each block what holds there, so that it can be known of every
 * place in the ring.
 *
 * @param <S> what holds; never changed after it was given
 */
public interface Recorder<S> {
    /** What holds behind all that has passed. */
    S state();

    /** Bytes go into the ring. */
    void passed(byte[] bytes, int from, int length);

    /** Bytes are lost, so that what holds is a guess from here on. */
    void lost();
}
