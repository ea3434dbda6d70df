package io.bulkhead.manager.server;

import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Signals;
import io.bulkhead.manager.sys.Syscalls;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals to a command inside a partition. What the manager has started stands for the command outside and hands its
 * status on, but no signals. For one thread.
 */
record CommandSignals(Entered command, Syscalls calls, ProcessTable processes) {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSignals.class);

    /** Sends to the command itself; to what stands for it where it is not there yet, or not any more. */
    void send(int signal) {
        List<Long> inside = processes.children(command.pid());
        for (long child : inside) {
            try (Fd process = calls.openProcess(child)) {
                // While it has it as its child, nobody else can have its number.
                if (processes.children(command.pid()).contains(child)) {
                    calls.signal(process, signal);
                }
            } catch (ErrnoException e) {
                LOG.atDebug().setCause(e).log("A command has ended before its signal came");
            }
        }
        if (inside.isEmpty() || signal == Signals.SIGKILL) {
            calls.signal(command.process(), signal);
        }
    }
}
