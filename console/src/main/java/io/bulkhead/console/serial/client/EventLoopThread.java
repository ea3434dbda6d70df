package io.bulkhead.console.serial.client;

import io.bulkhead.console.serial.ServiceThread;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** An event loop of Vert.x as the service's thread: the one that all of a Vert.x with a single loop lives on. */
public final class EventLoopThread implements ServiceThread {
    private final Vertx vertx;
    private final Context context;

    /** @param vertx with one event loop, so that transports on it are on the service's thread already */
    public EventLoopThread(Vertx vertx) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
    }

    @Override
    public void execute(Runnable work) {
        context.runOnContext(now -> work.run());
    }

    @Override
    public Runnable after(long millis, Runnable work) {
        long timer = vertx.setTimer(millis, due -> execute(work));
        return () -> vertx.cancelTimer(timer);
    }

    @Override
    public long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }
}
