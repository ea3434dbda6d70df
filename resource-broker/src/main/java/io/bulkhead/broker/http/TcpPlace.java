package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API on TCP: on loopback, or anywhere with TLS. */
final class TcpPlace {
    private static final Logger LOG = LoggerFactory.getLogger(TcpPlace.class);

    /** How many wrong tokens of one address a minute are answered as such. */
    private static final int FAILURES_PER_MINUTE = 10;

    private final Services services;
    private final ApiAccess.Listen listen;
    private final Door door;
    private final HttpServer server;

    private TcpPlace(Services services, ApiAccess.Listen listen, Door door, HttpServerOptions http) {
        this.services = services;
        this.listen = listen;
        this.door = door;
        this.server = services.vertx().createHttpServer(http);
    }

    /** Prepares to listen; a {@link Refusal} where that would be open to others without TLS, or a file cannot be used. */
    static TcpPlace of(Services services, ApiAccess.Listen listen) {
        boolean loopback = isLoopback(listen);
        if (!loopback && listen.tls().isEmpty()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "api.listen is " + listen + ", which others can reach: there tokens need TLS",
                    "set api.tls_certificate and api.tls_key, or listen on 127.0.0.1");
        }
        HttpServerOptions http = ApiServer.httpOptions(services.options().limits());
        HostNames names = HostNames.ofLoopback(listen.host());
        if (listen.tls().isPresent()) {
            ApiAccess.Tls tls = listen.tls().get();
            requireReadable("api.tls_certificate", tls.certificate());
            requireReadable("api.tls_key", tls.key());
            http.setSsl(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString()));
            names = loopback ? names : names(listen, tls);
        }
        Caller.Transport transport = listen.tls().isPresent() ? Caller.Transport.TLS : Caller.Transport.TCP;
        Door door = new TcpDoor(services.tokens(), Services.limiter(FAILURES_PER_MINUTE), names, transport);
        return new TcpPlace(services, listen, door, http);
    }

    private static boolean isLoopback(ApiAccess.Listen listen) {
        try {
            return InetAddress.getByName(listen.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            "api.listen is " + listen + ", which is no address of this host",
                            "write an address and a port, like 127.0.0.1:7480"),
                    e);
        }
    }

    private static void requireReadable(String key, Path file) {
        if (!Files.isReadable(file)) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    key + " is " + file + ", which the control plane cannot read",
                    "let its user read the file, and nobody else a private key");
        }
    }

    private static HostNames names(ApiAccess.Listen listen, ApiAccess.Tls tls) {
        try {
            return HostNames.ofCertificate(listen.host(), tls.certificate());
        } catch (IOException | CertificateException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            "api.tls_certificate is " + tls.certificate() + ", which is no certificate: "
                                    + e.getMessage(),
                            "it must be in PEM, the server's own first"),
                    e);
        }
    }

    Future<Void> listen(BiConsumer<HttpServerRequest, Door> serve, Consumer<HttpServerRequest> invalid) {
        return server.connectionHandler(connection -> services.guard().opened(connection, ConnectionGuard.Pool.NETWORK))
                .requestHandler(request -> serve.accept(request, door))
                .invalidRequestHandler(invalid::accept)
                .listen(listen.port(), listen.host())
                .recover(failure -> Future.failedFuture(new Refusal(
                        Problem.of(
                                ProblemCode.FAILED,
                                "the API cannot be served at " + listen + ": " + failure.getMessage(),
                                "see that api.listen is an address of this host, and that its port is free"),
                        failure)))
                .map(listening -> {
                    LOG.atInfo()
                            .addKeyValue("address", listen)
                            .addKeyValue("port", listening.actualPort())
                            .addKeyValue("tls", listen.tls().isPresent())
                            .log("The API is served on TCP");
                    return null;
                });
    }

    int port() {
        return server.actualPort();
    }

    Future<Void> close() {
        return server.close();
    }
}
