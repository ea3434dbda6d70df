package io.bulkhead.broker.http;

import io.bulkhead.broker.Refusals;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request with its body, and its answer. Lives on the event loop of its connection. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Context context;
    private final HttpServerRequest request;
    private final List<String> values;
    private final Buffer body;

    Exchange(Context context, HttpServerRequest request, List<String> values, Buffer body) {
        this.context = context;
        this.request = request;
        this.values = values;
        this.body = body;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return request.response();
    }

    // ---- the question

    /** The partition that the path names. */
    PartitionName partition() {
        try {
            return new PartitionName(values.get(0));
        } catch (IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    /** Refuses parameters that the operation does not know, and those given twice. */
    void knowsParameters(String... known) {
        for (String name : request.params().names()) {
            if (!Set.of(known).contains(name)) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "the parameter '" + name + "' is not known here"
                                + (known.length == 0 ? "" : "; known are " + String.join(", ", known)));
            }
            if (request.params().getAll(name).size() > 1) {
                throw Refusal.of(ProblemCode.INVALID_REQUEST, "the parameter '" + name + "' is there twice");
            }
        }
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(request.getParam(name));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    /** The body as a record; {@link Refusal} that names the place where it is none. */
    <T extends Record> T body(Class<T> type) {
        try {
            return RecordCodec.decode(type, JsonReader.read(body.getBytes()));
        } catch (WireException e) {
            throw invalid(e);
        }
    }

    /** The members of a body that may be empty; {@link Refusal} where it is no object or has others than these. */
    Map<String, Json> members(String... known) {
        if (body.length() == 0) {
            return Map.of();
        }
        try {
            if (!(JsonReader.read(body.getBytes()) instanceof Json.Obj object)) {
                throw Refusal.of(ProblemCode.INVALID_REQUEST, "the body must be an object");
            }
            for (String name : object.members().keySet()) {
                if (!Set.of(known).contains(name)) {
                    throw Refusal.of(
                            ProblemCode.INVALID_REQUEST,
                            name + " is not known here"
                                    + (known.length == 0 ? "" : "; known are " + String.join(", ", known)));
                }
            }
            return object.members();
        } catch (WireException e) {
            throw invalid(e);
        }
    }

    /** A member of the body that is true or false, false where it is left out. */
    boolean flag(String name) {
        Json value = members(name).getOrDefault(name, Json.of(false));
        if (value instanceof Json.Bool flag) {
            return flag.value();
        }
        throw Refusal.of(ProblemCode.INVALID_REQUEST, name + " must be true or false, it is " + value.kind());
    }

    private static Refusal invalid(Exception cause) {
        return new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, String.valueOf(cause.getMessage())), cause);
    }

    // ---- the answer

    /** Answers when the stage completes: by what the action makes of its result, or by its refusal. */
    <T> void answer(CompletionStage<T> stage, Consumer<T> action) {
        stage.whenComplete((result, failure) -> context.runOnContext(now -> {
            if (failure != null) {
                refuse(failure);
            } else {
                action.accept(result);
            }
        }));
    }

    void json(int status, Json json) {
        send(status, "application/json", json.toString());
    }

    void json(Record record) {
        json(200, RecordCodec.encode(record));
    }

    void send(int status, String contentType, String text) {
        if (response().headWritten() || response().closed()) {
            return;
        }
        response().setStatusCode(status);
        if (status != 204) {
            response().putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        }
        response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response().end(text);
    }

    /** Answers by a problem document. */
    void refuse(Throwable failure) {
        Refusal refusal = Refusals.of(failure);
        Problem problem = refusal.problem();
        if (problem.code() == ProblemCode.FAILED && refusal.getCause() != null) {
            LOG.atError()
                    .addKeyValue("path", request.path())
                    .setCause(refusal.getCause())
                    .log("A request failed");
        }
        String path = Optional.ofNullable(request.path()).orElse("");
        send(
                problem.code().httpStatus(),
                ProblemDocument.CONTENT_TYPE,
                ProblemDocument.of(problem, path).toString());
    }

    /** Answers by a problem document and closes the connection: what else comes on it is not to be read. */
    void refuseAndClose(Refusal refusal) {
        response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        // An HTTP/1.1 connection is closed by Vert.x once a response with this header has been written.
        refuse(refusal);
    }
}
