package io.bulkhead.broker.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.broker.audit.AuditTrail;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.RecordCodec;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the API over HTTP/1.1: on a Unix socket, and on TCP where the options say so.
 *
 * <p>Owns the socket's path, and the files of tokens and of the audit trail, from {@link #start} to {@link #close}.
 */
public final class ApiServer {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    /** How long answers under way may take to reach their clients when the server closes. */
    private static final long CLOSE_MILLIS = 1_000;

    private static final String NO_ROUTE = "none";
    private static final String A_PAGE = "page";

    /** The longest message of a WebSocket, bytes; one frame holds it. */
    private static final int SOCKET_MESSAGE_BYTES = 20 << 10;

    private static final int SWITCHING_PROTOCOLS = 101;

    private final ApiOptions options;
    private final Services services;
    private final Routes routes;
    private final Auditing auditing;
    private final Changes changes;
    private final SocketPlace place;
    private final UnixDoor unixDoor;
    private final HttpServer unix;
    private final Optional<TcpPlace> tcp;
    private final PageEndpoint pages;

    private ApiServer(Services services, SocketPlace place, Optional<TcpPlace> tcp, Pages pages) {
        this.pages = new PageEndpoint(pages);
        this.services = services;
        this.options = services.options();
        this.auditing = new Auditing(services.audit());
        this.routes = new Api(services, auditing).routes();
        this.changes = new Changes(services.answers(), auditing);
        this.place = place;
        this.unixDoor = new UnixDoor(place.roles(options.access()));
        this.unix = services.vertx().createHttpServer(httpOptions(options.limits()));
        this.tcp = tcp;
        services.consoles()
                .admitOnly(caller ->
                        caller.tokenId().map(services.tokens()::isGood).orElse(true));
    }

    static HttpServerOptions httpOptions(ApiOptions.Limits limits) {
        return new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .addWebSocketSubProtocol(ConsoleEndpoint.PROTOCOL)
                .setMaxWebSocketFrameSize(SOCKET_MESSAGE_BYTES)
                .setMaxWebSocketMessageSize(SOCKET_MESSAGE_BYTES)
                // Compressed together, what somebody else put out could tell of what was typed.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxInitialLineLength(limits.headerBytes());
    }

    /** Listens, without consoles and their logs. */
    public static Future<ApiServer> start(Vertx vertx, Broker broker, ManagerClient manager, ApiOptions options) {
        return start(
                vertx, broker, manager, options, auditTrail(options), Consoles.NONE, ConsoleRecords.NONE, Pages.NONE);
    }

    /** The audit trail of an API with these options. */
    public static AuditTrail auditTrail(ApiOptions options) {
        return new AuditTrail(options.access().directory().resolve("audit"), System::currentTimeMillis);
    }

    /**
     * Listens; must not be called twice for one path.
     *
     * @param vertx whose event loops serve
     * @param broker who does the work
     * @param manager for streams and events
     * @param options where, and within which limits
     * @param audit of {@link #auditTrail}; closed with the server
     * @param consoles who serves them
     * @param records the consoles' logs
     * @param pages for browsers
     * @return the server when it listens; fails with a {@link Refusal} where the path is another live server's, where TCP
     *     would be open to others without TLS, or where a certificate cannot be used
     */
    public static Future<ApiServer> start(
            Vertx vertx,
            Broker broker,
            ManagerClient manager,
            ApiOptions options,
            AuditTrail audit,
            Consoles consoles,
            ConsoleRecords records,
            Pages pages) {
        SocketPlace place;
        ApiServer server;
        try {
            Services services = Services.of(vertx, broker, manager, options, audit, consoles, records);
            Optional<TcpPlace> tcp = options.access().listen().map(listen -> TcpPlace.of(services, listen));
            place = SocketPlace.take(options.socket());
            server = at(place, services, tcp, pages);
        } catch (Refusal e) {
            return Future.failedFuture(e);
        }
        return server.listen().map(server).onFailure(failure -> place.close());
    }

    private static ApiServer at(SocketPlace place, Services services, Optional<TcpPlace> tcp, Pages pages) {
        try {
            return new ApiServer(services, place, tcp, pages);
        } catch (Refusal e) {
            place.close();
            throw e;
        }
    }

    private Future<Void> listen() {
        return unix.connectionHandler(connection -> services.guard().opened(connection, unixDoor.pool(connection)))
                .requestHandler(request -> handle(request, unixDoor))
                .invalidRequestHandler(this::handleInvalid)
                .listen(SocketAddress.domainSocketAddress(options.socket().toString()))
                .compose(listening -> tcp.map(each -> each.listen(this::handle, this::handleInvalid))
                        .orElseGet(Future::succeededFuture))
                .map(listening -> {
                    place.open(options.access().reachesOtherGroups());
                    LOG.atInfo()
                            .addKeyValue("instance", options.instance())
                            .addKeyValue("socket", options.socket())
                            .log("The API is served");
                    return null;
                });
    }

    /** The port on TCP, where there is one. */
    public Optional<Integer> tcpPort() {
        return tcp.map(TcpPlace::port);
    }

    /** Who may come by SSH; for any thread. */
    public SshKeyStore sshKeys() {
        return services.sshKeys();
    }

    /** Stops listening, removes the socket and closes every connection; does not wait for clients that do not read. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        long timer = services.vertx().setTimer(CLOSE_MILLIS, late -> closed.tryComplete());
        Future<Void> others = tcp.map(TcpPlace::close).orElseGet(Future::succeededFuture);
        unix.close().eventually(() -> others).onComplete(ended -> {
            services.vertx().cancelTimer(timer);
            closed.tryComplete();
        });
        place.close();
        return closed.future().compose(ended -> services.vertx().executeBlocking(() -> {
            services.audit().close();
            return null;
        }));
    }

    // ---- a request

    private void handle(HttpServerRequest request, Door door) {
        long startNanos = System.nanoTime();
        services.guard().asked(request.connection());
        request.response().endHandler(ended -> services.guard().answered(request.connection()));
        String[] template = {NO_ROUTE};
        request.response().headersEndHandler(answered -> services.statistics()
                .answered(
                        request.method().name(),
                        template[0],
                        request.response().getStatusCode(),
                        System.nanoTime() - startNanos));
        Caller caller = Caller.anonymous(Caller.Transport.TCP, String.valueOf(request.remoteAddress()));
        try {
            caller = door.identify(request);
            template[0] = A_PAGE;
            if (pages.answer(request)) {
                return;
            }
            template[0] = NO_ROUTE;
            Routes.Found found = find(request, door, caller);
            template[0] = found.route().template();
            permit(found.route(), request, door, caller);
            if (found.route().statuses().contains(SWITCHING_PROTOCOLS)) {
                // What comes behind such a request is no body.
                run(found, exchange(request, found.values(), Buffer.buffer(), caller));
            } else {
                readBody(request, exchange(request, List.of(), Buffer.buffer(), caller), found);
            }
        } catch (Refusal e) {
            Exchange bare = exchange(request, List.of(), Buffer.buffer(), caller);
            if (!Route.NOWHERE.contains(e.problem().code())) {
                auditing.denied(
                        caller,
                        request.method() + " " + template[0],
                        Optional.empty(),
                        e.problem().code());
            }
            bare.refuseAndClose(e);
        }
    }

    /** The route; whoever may do nothing is not told either what there is. */
    private Routes.Found find(HttpServerRequest request, Door door, Caller caller) {
        try {
            return routes.find(request);
        } catch (Refusal e) {
            if (caller.role().isEmpty()) {
                throw door.closed(request, caller);
            }
            throw e;
        }
    }

    private static void permit(Route route, HttpServerRequest request, Door door, Caller caller) {
        if (route.role().isEmpty()) {
            return;
        }
        Role needed = route.role().get();
        if (caller.role().isEmpty()) {
            throw door.closed(request, caller);
        } else if (!caller.mayDo(needed)) {
            throw Refusal.of(
                    ProblemCode.NOT_PERMITTED,
                    "this takes the role " + RecordCodec.constantName(needed) + "; " + caller.name() + " has "
                            + RecordCodec.constantName(caller.role().get()),
                    "ask an administrator to do it, or for the role");
        }
    }

    private void readBody(HttpServerRequest request, Exchange bare, Routes.Found found) {
        int most = options.limits().bodyBytes();
        Refusal tooLarge =
                Refusal.of(ProblemCode.TOO_LARGE, "the body is larger than " + most + " bytes", "send a smaller one");
        if (announced(request) > most) {
            bare.refuseAndClose(tooLarge);
            return;
        }
        long timer = services.vertx()
                .setTimer(
                        options.limits().requestMillis(),
                        late -> bare.refuseAndClose(Refusal.of(
                                ProblemCode.TIMED_OUT,
                                "the body did not come within "
                                        + options.limits().requestMillis() + " ms")));
        Buffer body = Buffer.buffer();
        request.handler(piece -> {
            if (body.length() + piece.length() <= most) {
                body.appendBuffer(piece);
            } else if (!request.response().headWritten()) {
                services.vertx().cancelTimer(timer);
                bare.refuseAndClose(tooLarge);
            }
        });
        request.exceptionHandler(failure -> services.vertx().cancelTimer(timer));
        request.endHandler(end -> {
            services.vertx().cancelTimer(timer);
            if (!request.response().headWritten()) {
                run(found, exchange(request, found.values(), body, bare.caller()));
            }
        });
    }

    private static long announced(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_LENGTH))
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private void run(Routes.Found found, Exchange exchange) {
        try {
            if (found.route().changes()) {
                changes.run(found.route(), exchange);
            } else {
                exchange.knowsParameters(found.route().parameters());
                found.route().action().run(exchange);
            }
        } catch (RuntimeException e) {
            exchange.refuse(e);
        }
    }

    /** Bytes that are no HTTP. */
    private void handleInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        boolean tooLarge = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
        Caller nobody = Caller.anonymous(Caller.Transport.TCP, String.valueOf(request.remoteAddress()));
        exchange(request, List.of(), Buffer.buffer(), nobody)
                .refuseAndClose(
                        tooLarge
                                ? Refusal.of(
                                        ProblemCode.TOO_LARGE,
                                        "the head of the request is larger than "
                                                + options.limits().headerBytes() + " bytes")
                                : Refusal.of(
                                        ProblemCode.PROTOCOL_ERROR,
                                        "the request is not HTTP/1.1: " + cause.getMessage()));
    }

    private Exchange exchange(HttpServerRequest request, List<String> values, Buffer body, Caller caller) {
        return new Exchange(services.vertx().getOrCreateContext(), request, values, body, caller);
    }
}
