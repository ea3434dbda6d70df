package io.bulkhead.broker.ledger.sqlite;

import io.bulkhead.broker.ledger.LedgerFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The first 100 bytes of a database file, looked at before SQLite does: they tell exactly what is wrong with a file that
 * SQLite would only call malformed. https://www.sqlite.org/fileformat2.html, section 1.3.
 */
final class FileHeader {
    /** "BLKH". */
    static final int APPLICATION_ID = 0x424c_4b48;

    static final int SCHEMA_VERSION = 2;
    private static final int BYTES = 100;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private FileHeader() {}

    /** Fails with a {@link LedgerFault} where the file cannot be a whole ledger of this release. */
    static void check(Path file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(BYTES);
        long size;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            size = channel.size();
            boolean more = true;
            while (header.hasRemaining() && more) {
                more = channel.read(header) > 0;
            }
        }
        if (header.hasRemaining()) {
            throw LedgerFault.damaged("the ledger " + file + " is cut off: it has " + size + " bytes");
        }
        if (!header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw LedgerFault.damaged("the ledger " + file + " is not an SQLite database");
        }
        if (header.getInt(68) != APPLICATION_ID) {
            throw LedgerFault.damaged("the database " + file + " is not a ledger of Bulkhead: its application_id is "
                    + Integer.toHexString(header.getInt(68)));
        }
        checkVersion(file, header.getInt(60));
        checkLength(file, header, size);
    }

    private static void checkVersion(Path file, int version) {
        if (version > SCHEMA_VERSION) {
            throw new LedgerFault(
                    LedgerFault.Kind.NEWER_VERSION,
                    "the ledger " + file + " was written by a newer release: its version is " + version
                            + ", this one knows " + SCHEMA_VERSION,
                    "start that release again, or run 'bulkhead ledger rebuild'; the file is kept aside");
        }
        if (version < 1) {
            throw LedgerFault.damaged("the ledger " + file + " has the unknown version " + version);
        }
    }

    private static void checkLength(Path file, ByteBuffer header, long size) throws IOException {
        Path log = Path.of(file + "-wal");
        boolean checkpointed = !Files.exists(log) || Files.size(log) == 0;
        int pageSize = Short.toUnsignedInt(header.getShort(16));
        long whole = Integer.toUnsignedLong(header.getInt(28)) * (pageSize == 1 ? 65_536 : pageSize);
        if (checkpointed && size < whole) {
            throw LedgerFault.damaged("the ledger " + file + " is cut off: it has " + size + " bytes of " + whole);
        }
    }
}
