package io.bulkhead.manager;

import io.bulkhead.manager.network.NetworkTools;
import io.bulkhead.manager.sys.Syscalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Counts what orders ask of the kernel and of the network's programs, and does something at one of these calls. What the event
 * loop and the watches ask does not count: that is not of an order. Any thread.
 */
final class Tripwire {
    /** Those that carry out orders, and what they leave to be done beside. */
    private static final List<String> THREADS = List.of("connection", "life", "boot-", "storage-");

    private final BooleanSupplier armed;
    private final Consumer<String> deed;
    private final AtomicInteger count = new AtomicInteger();
    private volatile int wanted;
    private volatile Optional<String> tripped = Optional.empty();

    /**
     * @param armed whether calls count now
     * @param deed done instead of the wanted call, whose name it gets
     */
    Tripwire(BooleanSupplier armed, Consumer<String> deed) {
        this.armed = armed;
        this.deed = deed;
    }

    /** Counts from the beginning, to this call; none is the wanted one where it is 0. */
    void set(int call) {
        tripped = Optional.empty();
        wanted = call;
        count.set(0);
    }

    /** How many calls there have been. */
    int count() {
        return count.get();
    }

    /** The call at which it was done. */
    Optional<String> tripped() {
        return tripped;
    }

    private void pass(String call) {
        String thread = Thread.currentThread().getName();
        if (THREADS.stream().anyMatch(thread::startsWith)
                && armed.getAsBoolean()
                && count.incrementAndGet() == wanted) {
            tripped = Optional.of(call);
            deed.accept(call);
        }
    }

    Syscalls on(Syscalls real) {
        return (Syscalls) Proxy.newProxyInstance(
                Syscalls.class.getClassLoader(), new Class<?>[] {Syscalls.class}, (proxy, method, arguments) -> {
                    pass(method.getName());
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    NetworkTools on(NetworkTools real) {
        return new NetworkTools() {
            @Override
            public String run(List<String> command, String input) {
                pass(String.join(" ", command));
                return real.run(command, input);
            }

            @Override
            public List<String> missing(List<String> programs) {
                return real.missing(programs);
            }
        };
    }
}
