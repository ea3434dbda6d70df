package io.bulkhead.broker.http;

import io.bulkhead.broker.Refusals;
import io.bulkhead.broker.Ticket;
import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.operation.RecordedAnswers;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request with its body and whoever sent it, and its answer. Lives on the event loop of its connection. */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private static final String OPERATION = "Bulkhead-Operation";

    private final Context context;
    private final HttpServerRequest request;
    private final List<String> values;
    private final Buffer body;
    private final Caller caller;
    private final List<Consumer<Given>> listeners = new ArrayList<>();
    private final Map<String, String> lastingHeaders = new LinkedHashMap<>();
    private Optional<String> operation = Optional.empty();
    private Optional<String> recordedBody = Optional.empty();

    /**
     * An answer that is given.
     *
     * @param status of HTTP
     * @param headers those that belong to the answer, not to its transport
     * @param body as it may be kept
     * @param problem the code, where it is one
     * @param operation the id of the operation, where there is one
     */
    record Given(
            int status,
            Map<String, String> headers,
            String body,
            Optional<ProblemCode> problem,
            Optional<String> operation) {}

    Exchange(Context context, HttpServerRequest request, List<String> values, Buffer body, Caller caller) {
        this.context = context;
        this.request = request;
        this.values = values;
        this.body = body;
        this.caller = caller;
    }

    Caller caller() {
        return caller;
    }

    /** On whose behalf it is done, for the ledger. */
    Ticket ticket() {
        return new Ticket(caller().name(), header(Route.IDEMPOTENCY_KEY));
    }

    Buffer body() {
        return body;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return request.response();
    }

    // ---- the question

    /** What stands in the place of the path's first braces. */
    String named() {
        return values.get(0);
    }

    /** The same, where there are braces. */
    Optional<String> subject() {
        return values.stream().findFirst();
    }

    /** The partition that the path names. */
    PartitionName partition() {
        try {
            return new PartitionName(named());
        } catch (IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    /** Refuses parameters that the operation does not know, and those given twice. */
    void knowsParameters(Set<String> known) {
        for (String name : request.params().names()) {
            if (!known.contains(name)) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "the parameter '" + name + "' is not known here"
                                + (known.isEmpty() ? "" : "; known are " + String.join(", ", known)));
            }
            if (request.params().getAll(name).size() > 1) {
                throw Refusal.of(ProblemCode.INVALID_REQUEST, "the parameter '" + name + "' is there twice");
            }
        }
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(request.getParam(name));
    }

    /** A parameter that is a whole number. */
    Optional<Long> number(String name, long least, long most) {
        return parameter(name).map(text -> {
            if (!text.matches("\\d{1,18}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        name + " must be a whole number from " + least + " to " + most + ", it is '" + text + "'");
            }
            return Long.parseLong(text);
        });
    }

    /** A parameter that is true or false. */
    Optional<Boolean> truth(String name) {
        return parameter(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw Refusal.of(ProblemCode.INVALID_REQUEST, name + " must be true or false, it is '" + text + "'");
        });
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

    /** Is told of the answer, also where nobody is left to read it. */
    void onAnswered(Consumer<Given> listener) {
        listeners.add(listener);
    }

    /** Says which operation carries the request out. */
    void carriedOutBy(String operationId) {
        operation = Optional.of(operationId);
        setHeader(OPERATION, operationId);
    }

    /** Sets a header that belongs to the answer itself. */
    void setHeader(String name, String value) {
        lastingHeaders.put(name, value);
    }

    void json(int status, Json json) {
        send(status, "application/json", json.toString());
    }

    void json(Record record) {
        json(200, RecordCodec.encode(record));
    }

    /** Answers by what must not be kept, and says what may be kept in its place. */
    void json(int status, Json json, Json keepable) {
        recordedBody = Optional.of(keepable.toString());
        json(status, json);
    }

    void send(int status, String contentType, String text) {
        send(status, contentType, text, Optional.empty());
    }

    private void send(int status, String contentType, String text, Optional<ProblemCode> problem) {
        List<Consumer<Given>> told = List.copyOf(listeners);
        listeners.clear();
        Given given = new Given(status, lastingHeaders, recordedBody.orElse(text), problem, operation);
        told.forEach(listener -> listener.accept(given));
        if (response().headWritten() || response().closed()) {
            return;
        }
        response().setStatusCode(status);
        lastingHeaders.forEach((name, value) -> response().putHeader(name, value));
        if (status != 204 && status != 304) {
            response().putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        }
        response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response().end(text);
    }

    /** Answers as the same request was answered before. */
    void repeat(RecordedAnswers.Answer answer) {
        answer.headers().forEach(this::setHeader);
        operation = Optional.ofNullable(answer.headers().get(OPERATION));
        setHeader("Idempotency-Replayed", "true");
        send(
                answer.status(),
                answer.status() >= 400 ? ProblemDocument.CONTENT_TYPE : "application/json",
                answer.body());
    }

    /** Answers by a problem document. */
    void refuse(Throwable failure) {
        refuse(failure, new Json.Obj(Map.of()));
    }

    /** The same with more members in the document. */
    void refuse(Throwable failure, Json.Obj more) {
        Refusal refusal = Refusals.of(failure);
        Problem problem = refusal.problem();
        if (problem.code() == ProblemCode.FAILED && refusal.getCause() != null) {
            LOG.atError()
                    .addKeyValue("path", request.path())
                    .setCause(refusal.getCause())
                    .log("A request failed");
        }
        String path = Optional.ofNullable(request.path()).orElse("");
        Json.Obj document = ProblemDocument.of(problem, path);
        for (Map.Entry<String, Json> member : more.members().entrySet()) {
            document = document.with(member.getKey(), member.getValue());
        }
        send(
                problem.code().httpStatus(),
                ProblemDocument.CONTENT_TYPE,
                document.toString(),
                Optional.of(problem.code()));
    }

    /** Answers by a problem document and closes the connection: what else comes on it is not to be read. */
    void refuseAndClose(Refusal refusal) {
        response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        // An HTTP/1.1 connection is closed by Vert.x once a response with this header has been written.
        refuse(refusal);
    }
}
