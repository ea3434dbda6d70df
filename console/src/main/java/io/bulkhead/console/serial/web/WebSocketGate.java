package io.bulkhead.console.serial.web;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.FailureLimiter;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Lets WebSockets in: from pages that may, with a ticket, or by a door that knows who comes. */
public final class WebSocketGate {
    private static final String PROTOCOL = "bulkhead.console.v1";
    private static final String TICKET = "bulkhead.ticket.";
    private static final int FAILURES_PER_MINUTE = 10;

    private final Vertx vertx;
    private final ConsoleService service;
    private final Origins origins;
    private final Tickets tickets = new Tickets(WebSocketGate::millis);
    private final FailureLimiter failures = new FailureLimiter(FAILURES_PER_MINUTE, WebSocketGate::millis);

    public WebSocketGate(Vertx vertx, ConsoleService service, Origins origins) {
        this.vertx = vertx;
        this.service = service;
        this.origins = origins;
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** A ticket for whoever may view the console; {@link Refusal} otherwise. */
    public Tickets.Ticket ticket(PartitionName name, Caller caller) {
        service.report(name, caller);
        return tickets.issue(name, caller);
    }

    /** Upgrades the connection and attaches behind that; {@link Refusal} where it may not be. */
    public void open(PartitionName name, Caller known, HttpServerRequest request, long helloMillis, Runnable gone) {
        if (!request.canUpgradeToWebSocket()) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "this takes a WebSocket handshake; RFC 6455");
        }
        Optional<String> origin = Optional.ofNullable(request.getHeader(HttpHeaders.ORIGIN));
        String host = Optional.ofNullable(request.getHeader(HttpHeaders.HOST)).orElse("");
        if (!origins.allow(origin, host, request.isSSL())) {
            throw Refusal.of(
                    ProblemCode.NOT_PERMITTED,
                    "pages of another origin may not open consoles here",
                    "an administrator can allow it by api.allowed_origins");
        }
        List<String> offered = offered(request);
        if (!offered.contains(PROTOCOL)) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "the subprotocol " + PROTOCOL + " must be offered");
        }
        Caller caller = caller(name, known, request, offered);
        request.toWebSocket()
                .onSuccess(socket -> new WebSocketViewer(
                        vertx, (hello, sink) -> service.attach(name, caller, hello, sink), socket, helloMillis, gone))
                .onFailure(failure -> gone.run());
    }

    private static List<String> offered(HttpServerRequest request) {
        return request.headers().getAll("Sec-WebSocket-Protocol").stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private Caller caller(PartitionName name, Caller known, HttpServerRequest request, List<String> offered) {
        Optional<String> ticket = offered.stream()
                .filter(each -> each.startsWith(TICKET))
                .map(each -> each.substring(TICKET.length()))
                .findFirst();
        if (ticket.isEmpty() && known.role().isPresent()) {
            return known;
        }
        return ticket.flatMap(each -> tickets.redeem(each, name))
                .map(whose -> new Caller(whose.name(), whose.role(), known.transport(), known.address()))
                .orElseThrow(() -> wrong(request));
    }

    private Refusal wrong(HttpServerRequest request) {
        String address = Optional.ofNullable(request.remoteAddress())
                .map(SocketAddress::host)
                .orElse("unknown");
        long waitSeconds = failures.failed(address);
        return waitSeconds > 0
                ? Refusal.of(
                        ProblemCode.TOO_MANY_REQUESTS,
                        "too many wrong tickets came from this address",
                        "try again in " + waitSeconds + " s, with a right one")
                : Refusal.of(
                        ProblemCode.UNAUTHENTICATED,
                        "a ticket is needed here that is for this console, not used and not too old",
                        "ask for one by POST at /v1/consoles/NAME/tickets");
    }
}
