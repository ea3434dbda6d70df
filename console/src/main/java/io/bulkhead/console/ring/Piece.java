package io.bulkhead.console.ring;

import java.nio.ByteBuffer;

/** What lies at an offset of a ring. */
public sealed interface Piece {
    /**
     * Bytes of the stream.
     *
     * @param offset of the first
     * @param bytes shared with the ring, which never writes to them again; read only
     */
    record Bytes(long offset, ByteBuffer bytes) implements Piece {}

    /**
     * Bytes that nobody has.
     *
     * @param from offset of the first lost one
     * @param to offset behind the last
     */
    record Hole(long from, long to) implements Piece {}

    /** Nothing yet: the offset is the end. */
    record End() implements Piece {}
}
