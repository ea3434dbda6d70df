package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.http.HttpServerRequest;

/** A way in to the API, which knows who comes by it. */
interface Door {
    /** Who sent a request; a {@link Refusal} where it is not meant for this server, or shows a wrong token. */
    Caller identify(HttpServerRequest request);

    /** What somebody without a role is told. */
    Refusal closed(HttpServerRequest request, Caller caller);
}
