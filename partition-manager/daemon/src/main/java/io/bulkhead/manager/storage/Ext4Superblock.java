package io.bulkhead.manager.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the first superblock of an ext4 says; kernel document filesystems/ext4/globals.rst, "Super Block".
 *
 * @param bytes how large the file system is
 * @param clean whether it needs no repair: it was unmounted, and no error was met
 * @param everMounted whether it was mounted at any time
 */
record Ext4Superblock(long bytes, boolean clean, boolean everMounted) {
    private static final int OFFSET = 1024;
    private static final int SIZE = 1024;
    private static final int MAGIC = 0xEF53;

    private static final int BLOCKS_LOW = 0x4;
    private static final int LOG_BLOCK_SIZE = 0x18;
    private static final int LAST_MOUNT_TIME = 0x2C;
    private static final int MAGIC_AT = 0x38;
    private static final int STATE = 0x3A;
    private static final int INCOMPATIBLE = 0x60;
    private static final int BLOCKS_HIGH = 0x150;

    private static final int VALID = 1;
    private static final int NEEDS_RECOVERY = 0x4;
    private static final int WIDE = 0x80;

    /** Reads that of a volume. */
    static Ext4Superblock read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, OFFSET + bytes.position()) < 0) {
                    throw new EOFException(file + " is too short for a file system");
                }
            }
        }
        if (u16(bytes, MAGIC_AT) != MAGIC) {
            throw new IOException(file + " has no ext4 on it");
        }
        int features = bytes.getInt(INCOMPATIBLE);
        long blocks = Integer.toUnsignedLong(bytes.getInt(BLOCKS_LOW));
        if ((features & WIDE) != 0) {
            blocks |= Integer.toUnsignedLong(bytes.getInt(BLOCKS_HIGH)) << 32;
        }
        return new Ext4Superblock(
                Math.multiplyExact(blocks, 1024L << bytes.getInt(LOG_BLOCK_SIZE)),
                u16(bytes, STATE) == VALID && (features & NEEDS_RECOVERY) == 0,
                bytes.getInt(LAST_MOUNT_TIME) != 0);
    }

    private static int u16(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }
}
