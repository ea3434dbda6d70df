package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.metrics.ConsoleFigures;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** One console, {@code db}: gives tickets that are counted, and lets no WebSocket in. */
public final class FakeConsoles implements Consoles {
    private final List<Caller> opened = new CopyOnWriteArrayList<>();
    private volatile Predicate<Caller> known = caller -> false;
    private final AtomicInteger tickets = new AtomicInteger();

    /** As the codec finds it: public, and so is the class around it. */
    public record Ticket(String ticket, int seconds) {}

    /** Who wanted to open a WebSocket. */
    List<Caller> opened() {
        return opened;
    }

    boolean knows(Caller caller) {
        return known.test(caller);
    }

    @Override
    public boolean isServed() {
        return true;
    }

    @Override
    public boolean mayRead(PartitionName name, Caller caller) {
        return true;
    }

    @Override
    public List<Record> list(Caller caller) {
        return List.of();
    }

    @Override
    public Record show(PartitionName name, Caller caller) {
        throw Refusal.of(ProblemCode.NOT_FOUND, "there is no partition " + name);
    }

    @Override
    public ConsoleStatus seen(PartitionName name, ConsoleStatus status) {
        return status;
    }

    @Override
    public void attach(PartitionName name, Caller caller, NetSocket socket, long helloMillis, Runnable gone) {
        socket.close();
    }

    @Override
    public Record ticket(PartitionName name, Caller caller) {
        if (!name.value().equals("db")) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "there is no partition " + name);
        }
        return new Ticket("ticket-" + tickets.incrementAndGet(), 30);
    }

    @Override
    public void socket(PartitionName name, Caller caller, HttpServerRequest request, long helloMillis, Runnable gone) {
        opened.add(caller);
        throw Refusal.of(ProblemCode.NOT_PERMITTED, "pages of another origin may not open consoles here");
    }

    @Override
    public void admitOnly(Predicate<Caller> who) {
        known = who;
    }

    @Override
    public List<ConsoleFigures> figures() {
        return List.of();
    }
}
