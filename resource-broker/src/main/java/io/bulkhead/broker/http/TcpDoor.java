package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.FailureLimiter;
import io.bulkhead.broker.access.Token;
import io.bulkhead.broker.access.TokenStore;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/**
 * TCP: who shows a token is its bearer; RFC 6750. A request must name this server as its host, so that a page in a browser
 * that has had its own name point here (DNS rebinding) gets nowhere; there is no CORS either.
 */
final class TcpDoor implements Door {
    private static final String SCHEME = "Bearer ";

    private final TokenStore tokens;
    private final FailureLimiter failures;
    private final HostNames names;
    private final Caller.Transport transport;

    TcpDoor(TokenStore tokens, FailureLimiter failures, HostNames names, Caller.Transport transport) {
        this.tokens = tokens;
        this.failures = failures;
        this.names = names;
        this.transport = transport;
    }

    @Override
    public Caller identify(HttpServerRequest request) {
        String host = Optional.ofNullable(request.getHeader(HttpHeaders.HOST)).orElse("");
        if (!names.contains(host)) {
            throw Refusal.of(
                    ProblemCode.MISDIRECTED,
                    "the request is for the host '" + host + "', which this server is not",
                    "ask by " + names);
        }
        Optional<String> header = Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (header.isEmpty()) {
            return Caller.anonymous(transport, address(request));
        }
        return header.filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .flatMap(value -> tokens.find(value.substring(SCHEME.length()).strip()))
                .map(token -> bearer(token, request))
                .orElseThrow(() -> wrong(request));
    }

    private Caller bearer(Token token, HttpServerRequest request) {
        return Caller.bearer(token, transport, address(request));
    }

    private Refusal wrong(HttpServerRequest request) {
        long waitSeconds = failures.failed(Optional.ofNullable(request.remoteAddress())
                .map(SocketAddress::host)
                .orElse("unknown"));
        if (waitSeconds > 0) {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(waitSeconds));
            return Refusal.of(
                    ProblemCode.TOO_MANY_REQUESTS,
                    "too many wrong tokens came from this address",
                    "try again in " + waitSeconds + " s, with a right one");
        }
        return unauthenticated(request, "the token is not known, has expired or was revoked");
    }

    @Override
    public Refusal closed(HttpServerRequest request, Caller caller) {
        return unauthenticated(request, "a token is needed here");
    }

    private static Refusal unauthenticated(HttpServerRequest request, String detail) {
        request.response().putHeader("WWW-Authenticate", "Bearer realm=\"bulkhead\"");
        return Refusal.of(
                ProblemCode.UNAUTHENTICATED,
                detail,
                "send 'Authorization: Bearer TOKEN'; 'bulkhead token create' makes one");
    }

    private static String address(HttpServerRequest request) {
        return String.valueOf(request.remoteAddress());
    }
}
