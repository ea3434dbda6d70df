package io.bulkhead.broker.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
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
 * Serves the API over HTTP/1.1 on a Unix socket of mode 0660: who may open the socket may do everything.
 *
 * <p>Owns the socket's path from {@link #start} to {@link #close}.
 */
public final class ApiServer {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    /** How long answers under way may take to reach their clients when the server closes. */
    private static final long CLOSE_MILLIS = 1_000;

    private final Vertx vertx;
    private final ApiOptions options;
    private final Routes routes;
    private final ConnectionGuard guard;
    private final SocketPlace place;
    private final HttpServer server;

    private ApiServer(Vertx vertx, Broker broker, ManagerClient manager, ApiOptions options, SocketPlace place) {
        this.vertx = vertx;
        this.options = options;
        this.guard = new ConnectionGuard(vertx, options.limits());
        this.routes = new Api(vertx, broker, manager, options, guard).routes();
        this.place = place;
        this.server = vertx.createHttpServer(new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxHeaderSize(options.limits().headerBytes())
                .setMaxInitialLineLength(options.limits().headerBytes()));
    }

    /**
     * Listens; must not be called twice for one path.
     *
     * @param vertx whose event loops serve
     * @param broker who does the work
     * @param manager for streams and events
     * @param options where, and within which limits
     * @return the server when it listens; fails with a {@link Refusal} where the path is another live server's
     */
    public static Future<ApiServer> start(Vertx vertx, Broker broker, ManagerClient manager, ApiOptions options) {
        SocketPlace place;
        try {
            place = SocketPlace.take(options.socket());
        } catch (Refusal e) {
            return Future.failedFuture(e);
        }
        ApiServer server = new ApiServer(vertx, broker, manager, options, place);
        return server.listen().map(server).onFailure(failure -> place.close());
    }

    private Future<Void> listen() {
        server.connectionHandler(guard::opened);
        server.requestHandler(this::handle);
        server.invalidRequestHandler(this::handleInvalid);
        return server.listen(SocketAddress.domainSocketAddress(options.socket().toString()))
                .map(listening -> {
                    place.open();
                    LOG.atInfo()
                            .addKeyValue("instance", options.instance())
                            .addKeyValue("socket", options.socket())
                            .log("The API is served");
                    return null;
                });
    }

    /** Stops listening, removes the socket and closes every connection; does not wait for clients that do not read. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        long timer = vertx.setTimer(CLOSE_MILLIS, late -> closed.tryComplete());
        server.close().onComplete(ended -> {
            vertx.cancelTimer(timer);
            closed.tryComplete();
        });
        place.close();
        return closed.future();
    }

    // ---- a request

    private void handle(HttpServerRequest request) {
        guard.asked(request.connection());
        request.response().endHandler(ended -> guard.answered(request.connection()));
        Exchange bare = exchange(request, List.of(), Buffer.buffer());
        Routes.Found found;
        try {
            found = routes.find(request);
        } catch (Refusal e) {
            bare.refuseAndClose(e);
            return;
        }
        if (found.route().template().equals(StreamEndpoint.PATH)) {
            run(found, exchange(request, found.values(), Buffer.buffer()));
        } else {
            readBody(request, bare, found);
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
        long timer = vertx.setTimer(
                options.limits().requestMillis(),
                late -> bare.refuseAndClose(Refusal.of(
                        ProblemCode.TIMED_OUT,
                        "the body did not come within " + options.limits().requestMillis() + " ms")));
        Buffer body = Buffer.buffer();
        request.handler(piece -> {
            if (body.length() + piece.length() <= most) {
                body.appendBuffer(piece);
            } else if (!request.response().headWritten()) {
                vertx.cancelTimer(timer);
                bare.refuseAndClose(tooLarge);
            }
        });
        request.exceptionHandler(failure -> vertx.cancelTimer(timer));
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            if (!request.response().headWritten()) {
                run(found, exchange(request, found.values(), body));
            }
        });
    }

    private static long announced(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_LENGTH))
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private static void run(Routes.Found found, Exchange exchange) {
        try {
            found.route().action().run(exchange);
        } catch (RuntimeException e) {
            exchange.refuse(e);
        }
    }

    /** Bytes that are no HTTP. */
    private void handleInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        boolean tooLarge = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
        exchange(request, List.of(), Buffer.buffer())
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

    private Exchange exchange(HttpServerRequest request, List<String> values, Buffer body) {
        return new Exchange(vertx.getOrCreateContext(), request, values, body);
    }
}
