package io.bulkhead.console.serial.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Set;

/**
 * The files of one console's log, by name: what the log needs of a file system. Tests have one that fails when told to.
 *
 * <p>Every method throws {@link IOException} where the disk does not let it, {@link NoSuchFileException} where there is no
 * such file.
 */
interface Storage {
    /** The names of all files; none where the directory is not there. */
    Set<String> names() throws IOException;

    /** Makes a file for writing, and the directory before it. One that is there is emptied. */
    StoredFile create(String name) throws IOException;

    /** Opens a file that is there for reading and writing. */
    StoredFile open(String name) throws IOException;

    /** Opens a file that is there for reading. */
    StoredFile openForReading(String name) throws IOException;

    long size(String name) throws IOException;

    /** Deletes a file, if it is there. */
    void delete(String name) throws IOException;

    /** Forces to the disk which files there are. */
    void force() throws IOException;

    /** One open file. */
    interface StoredFile extends Closeable {
        long size() throws IOException;

        /** Reads at a position until the buffer is full or the file ends. */
        void read(ByteBuffer into, long position) throws IOException;

        /** Writes all that the buffer has at a position. After an exception any part of it may stand there. */
        void write(ByteBuffer from, long position) throws IOException;

        void truncate(long size) throws IOException;

        /** Forces the file's content to the disk. */
        void force() throws IOException;
    }
}
