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
import java.util.function.Predicate;

/**
 * The console service behind the API, which is another floor's. All calls come on the API's event loop and return at once.
 */
public interface Consoles {
    /** Whether there is one; it alone types on consoles then. */
    boolean isServed();

    /** Whether somebody may view a console, and read its log. */
    boolean mayRead(PartitionName name, Caller caller);

    /** The consoles that somebody may read, as the API's bodies. */
    List<Record> list(Caller caller);

    /** One of them; {@link Refusal} where there is none, or not for this caller. */
    Record show(PartitionName name, Caller caller);

    /** The manager's view of a console, with the viewers and the writer that there really are. */
    ConsoleStatus seen(PartitionName name, ConsoleStatus status);

    /**
     * Attaches whoever is at the other end of a connection, in the console protocol; refuses there.
     *
     * @param socket freshly upgraded, handed over
     * @param helloMillis how long the first message may take to come
     * @param gone is run when the connection is no more
     */
    void attach(PartitionName name, Caller caller, NetSocket socket, long helloMillis, Runnable gone);

    /** A ticket for one {@link #socket}, as the API's body; {@link Refusal} where there is no console, or not for this caller. */
    Record ticket(PartitionName name, Caller caller);

    /**
     * Attaches by a WebSocket; a {@link Refusal} where it is not from a page of this server, or without a good ticket.
     *
     * @param caller as the door knows it; may be nobody
     * @param request that asks for the upgrade
     * @param helloMillis how long the first message may take to come
     * @param gone is run when the connection is no more
     */
    void socket(PartitionName name, Caller caller, HttpServerRequest request, long helloMillis, Runnable gone);

    /** Says once who is still known: viewers who are not any more are sent away within a second. */
    void admitOnly(Predicate<Caller> known);

    /** What is measured. */
    List<ConsoleFigures> figures();

    /** No service: consoles are relayed from the manager alone. */
    Consoles NONE = new Consoles() {
        @Override
        public boolean isServed() {
            return false;
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
            throw Refusal.of(ProblemCode.NOT_FOUND, "no consoles are served here");
        }

        @Override
        public ConsoleStatus seen(PartitionName name, ConsoleStatus status) {
            return status;
        }

        @Override
        public void attach(PartitionName name, Caller caller, NetSocket socket, long helloMillis, Runnable gone) {
            socket.closeHandler(closed -> gone.run());
            socket.close();
        }

        @Override
        public Record ticket(PartitionName name, Caller caller) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "no consoles are served here");
        }

        @Override
        public void socket(
                PartitionName name, Caller caller, HttpServerRequest request, long helloMillis, Runnable gone) {
            throw Refusal.of(ProblemCode.NOT_FOUND, "no consoles are served here");
        }

        @Override
        public void admitOnly(Predicate<Caller> known) {
            // Nobody is let in here.
        }

        @Override
        public List<ConsoleFigures> figures() {
            return List.of();
        }
    };
}
