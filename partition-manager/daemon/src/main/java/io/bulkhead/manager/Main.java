package io.bulkhead.manager;

import io.bulkhead.contract.order.Refusal;
import io.bulkhead.manager.cgroup.CgroupException;
import io.bulkhead.manager.record.RecordException;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsException;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partition manager's process: {@code Main --config FILE [--override section.key=value …]}.
 *
 * <p>Ends with 0 after an order to shut down, with 2 for a wrong command line or settings, with 1 where it cannot start.
 * SIGTERM ends it and leaves partitions running, for the next manager to take up. With {@code --train} alone it only
 * loads its classes; {@link Training}.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final List<String> TRAIN = List.of("--train");
    private static final Set<String> VITAL = Set.of("event-loop", "accept");
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler(Main::diedUnexpectedly);
        Manager manager;
        try {
            if (List.of(arguments).equals(TRAIN)) {
                Training.run();
                return 0;
            }
            CommandLine line = CommandLine.parse(arguments);
            Settings settings = line.config().isPresent()
                    ? SettingsLoader.load(line.config().get(), line.overrides())
                    : SettingsLoader.defaults(line.overrides());
            manager = Manager.start(settings);
        } catch (CommandLine.UsageException | SettingsException e) {
            return refuse(e, USAGE);
        } catch (Refusal
                | IllegalArgumentException
                | CgroupException
                | RecordException
                | ErrnoException
                | UncheckedIOException
                | IOException e) {
            return refuse(e, FAILED);
        }
        return runUntilTold(manager);
    }

    private static int runUntilTold(Manager manager) {
        AtomicBoolean closed = new AtomicBoolean();
        Runnable close = () -> {
            if (closed.compareAndSet(false, true)) {
                manager.close();
            }
        };
        Runtime.getRuntime().addShutdownHook(new Thread(close, "going"));
        try {
            manager.awaitLeave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close.run();
        return 0;
    }

    private static int refuse(Exception reason, int status) {
        LOG.atDebug().setCause(reason).log("Not started");
        System.err.println("bulkhead manager: " + reason.getMessage());
        return status;
    }

    /**
     * Without its event loop the manager could not keep a single promise, and without its acceptor it would be alive and
     * deaf: better it ends and is started again.
     */
    private static void diedUnexpectedly(Thread thread, Throwable failure) {
        LOG.atError().addKeyValue("step", thread.getName()).setCause(failure).log("A thread died");
        if (VITAL.contains(thread.getName())) {
            Runtime.getRuntime().halt(FAILED);
        }
    }
}
