package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Fd;

/** Loop devices: loop(4). */
final class LoopCalls {
    /** The largest that disks have, so that direct I/O fits on every one of them. */
    private static final int SECTOR = 4096;

    /**
     * linux/loop.h.
     *
     * <pre>{@code
     * struct loop_config { __u32 fd; __u32 block_size; struct loop_info64 info; __u64 __reserved[8]; };
     * }</pre>
     */
    static final class LoopConfig {
        static final int SIZE = 304;
        static final int FILE = 0;
        static final int SECTOR_SIZE = 4;
        static final int FLAGS = 60;

        private LoopConfig() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int ioctl(int fd, int request, Pointer argument);

        static native int ioctl(int fd, int request, long argument);
    }

    private LoopCalls() {}

    static int freeDevice(Fd control) {
        return (int) Checked.call(
                "ioctl",
                control + ", LOOP_CTL_GET_FREE",
                () -> Libc.ioctl(control.number(), LoopHeader.LOOP_CTL_GET_FREE, 0L));
    }

    static void configure(Fd device, Fd file, boolean directIo) {
        try (Scratch scratch = new Scratch()) {
            Pointer config = scratch.zeroed(LoopConfig.SIZE);
            config.setInt(LoopConfig.FILE, file.number());
            config.setInt(LoopConfig.SECTOR_SIZE, SECTOR);
            config.setInt(
                    LoopConfig.FLAGS, LoopHeader.LO_FLAGS_AUTOCLEAR | (directIo ? LoopHeader.LO_FLAGS_DIRECT_IO : 0));
            Checked.call(
                    "ioctl",
                    device + ", LOOP_CONFIGURE, " + file,
                    () -> Libc.ioctl(device.number(), LoopHeader.LOOP_CONFIGURE, config));
        }
    }
}
