package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;

/** A way in to the API, which knows who comes by it. */
interface Door {
    /** Who sent a request; a {@link Refusal} where it is not meant for this server, or shows a wrong token. */
    Caller identify(HttpServerRequest request);

    /** Whether somebody is at the other end of whom it is already known that it may do nothing. */
    boolean isStranger(HttpConnection connection);

    /** What somebody without a role is told. */
    Refusal closed(HttpServerRequest request, Caller caller);
}
