package io.bulkhead.manager.sys;

/**
 * Both ends of a pipe; pipe(2).
 *
 * @param readEnd what is written comes out here; end of file once every write end is closed
 * @param writeEnd goes in here
 */
public record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {
    @Override
    public void close() {
        readEnd.close();
        writeEnd.close();
    }
}
