package io.bulkhead.console.serial.ssh;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that hands packets to MINA, in order: there they are encrypted, under locks of the session's. As one of MINA's
 * own it never waits for an exchange of keys; what it writes meanwhile is sent behind that.
 */
final class PacketThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PacketThread.class);

    private final ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "ssh-packets");
        thread.setDaemon(true);
        return thread;
    });

    /** What is done there; may fail without harm to those behind it. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Runs something there, later; from any thread. Nothing runs any more once this is closed. */
    void execute(Work work) {
        try {
            executor.execute(() -> run(work));
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("Nothing is sent any more");
        }
    }

    private static void run(Work work) {
        try {
            ThreadUtils.runAsInternal(() -> {
                work.run();
                return true;
            });
        } catch (Exception e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("A packet could not be sent");
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
