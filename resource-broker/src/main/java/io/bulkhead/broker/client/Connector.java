package io.bulkhead.broker.client;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;

/** Opens connections to the manager, patiently: a manager that restarts is soon back. */
final class Connector {
    private final Vertx vertx;
    private final ClientOptions options;
    private final NetClient client;

    Connector(Vertx vertx, ClientOptions options) {
        this.vertx = vertx;
        this.options = options;
        this.client = vertx.createNetClient(new NetClientOptions());
    }

    /** A connection that the manager has greeted on, on the caller's event loop; fails with a {@link Refusal}. */
    Future<ManagerConnection> connect() {
        Promise<ManagerConnection> promise = Promise.promise();
        attempt(promise, System.nanoTime(), 1);
        return promise.future();
    }

    private void attempt(Promise<ManagerConnection> promise, long sinceNanos, int attempt) {
        connectOnce().onSuccess(promise::complete).onFailure(failure -> {
            long waitMillis = options.backoffMillis(attempt);
            long usedMillis = (System.nanoTime() - sinceNanos) / 1_000_000;
            boolean refused =
                    failure instanceof Refusal refusal && refusal.problem().code() != ProblemCode.UNREACHABLE;
            if (refused || usedMillis + waitMillis > options.connectPatienceMillis()) {
                promise.fail(failure instanceof Refusal ? failure : unreachable(failure));
            } else {
                vertx.setTimer(waitMillis, timer -> attempt(promise, sinceNanos, attempt + 1));
            }
        });
    }

    private Future<ManagerConnection> connectOnce() {
        return client.connect(SocketAddress.domainSocketAddress(options.socket().toString()))
                .compose(socket -> {
                    ManagerConnection connection = new ManagerConnection(socket);
                    long timer = vertx.setTimer(options.greetingTimeoutMillis(), late -> connection.close());
                    return connection.greeted().onComplete(greeted -> vertx.cancelTimer(timer));
                });
    }

    private Refusal unreachable(Throwable cause) {
        return unreachable(options.socket(), cause);
    }

    private static Refusal unreachable(Path socket, Throwable cause) {
        return new Refusal(
                Problem.of(
                        ProblemCode.UNREACHABLE,
                        "the manager does not answer at " + socket + ": " + cause.getMessage(),
                        "start it with 'bulkhead up'"),
                cause);
    }

    Future<Void> close() {
        return client.close();
    }
}
