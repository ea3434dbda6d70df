package io.bulkhead.broker.http;

import static io.bulkhead.contract.order.ProblemCode.NOT_FOUND;
import static io.vertx.core.http.HttpMethod.GET;

import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.broker.ConsoleRecords.Form;
import io.bulkhead.broker.ConsoleRecords.Question;
import io.bulkhead.broker.ConsoleRecords.Reading;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.RecordCodec;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consoles' logs: read in pieces, as fast as the client takes them, and verified. */
final class ConsoleLogEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLogEndpoint.class);
    private static final int MOST_LINES = 1_000_000;

    private final Vertx vertx;
    private final ConsoleRecords records;
    private final Consoles consoles;

    ConsoleLogEndpoint(Services services) {
        this.vertx = services.vertx();
        this.records = services.records();
        this.consoles = services.consoles();
    }

    List<Route> routes() {
        return List.of(
                new Route(GET, "/v1/consoles/{name}/log", this::read)
                        .taking("form", "from", "since", "until", "lines", "bytes", "timestamps", "search", "follow")
                        .withoutManager()
                        .failingBy(NOT_FOUND),
                new Route(GET, "/v1/consoles/{name}/log/verification", this::verify)
                        .withoutManager()
                        .failingBy(NOT_FOUND));
    }

    private void verify(Exchange exchange) {
        exchange.answer(records.verify(readable(exchange)), body -> exchange.json(200, body));
    }

    private void read(Exchange exchange) {
        Question question = new Question(
                exchange.parameter("form").map(ConsoleLogEndpoint::form).orElse(Form.RAW),
                exchange.number("from", 0, Long.MAX_VALUE),
                exchange.number("since", 0, Long.MAX_VALUE),
                exchange.number("until", 0, Long.MAX_VALUE),
                exchange.number("lines", 0, MOST_LINES).map(Math::toIntExact),
                exchange.number("bytes", 0, Long.MAX_VALUE),
                exchange.truth("timestamps").orElse(false),
                exchange.parameter("search"),
                exchange.truth("follow").orElse(false));
        exchange.answer(
                records.read(readable(exchange), question),
                reading -> new Sending(vertx.getOrCreateContext(), exchange.response(), reading).begin());
    }

    /** The partition, where the caller may read its console. */
    private PartitionName readable(Exchange exchange) {
        PartitionName name = exchange.partition();
        if (!consoles.mayRead(name, exchange.caller())) {
            throw Refusal.of(
                    ProblemCode.NOT_PERMITTED,
                    exchange.caller().name() + " has no right console-read on the console of " + name);
        }
        return name;
    }

    private static Form form(String text) {
        return Arrays.stream(Form.values())
                .filter(form -> RecordCodec.constantName(form).equals(text))
                .findFirst()
                .orElseThrow(() -> Refusal.of(
                        ProblemCode.INVALID_REQUEST,
                        "form must be one of "
                                + Arrays.stream(Form.values())
                                        .map(RecordCodec::constantName)
                                        .collect(Collectors.joining(", "))
                                + ", it is '" + text + "'"));
    }

    /** One log on its way to one client: the next piece is read when the client has taken what was sent. */
    private static final class Sending {
        private final Context context;
        private final HttpServerResponse response;
        private final Reading reading;
        private boolean asking;
        private boolean ended;

        Sending(Context context, HttpServerResponse response, Reading reading) {
            this.context = context;
            this.response = response;
            this.reading = reading;
        }

        void begin() {
            if (response.closed()) {
                end();
                return;
            }
            response.setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, reading.contentType())
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                    .putHeader("X-Content-Type-Options", "nosniff");
            response.closeHandler(closed -> end());
            response.drainHandler(drained -> next());
            // The head at once: who follows a silent console is to know that all is well.
            response.writeHead().onSuccess(sent -> next());
        }

        private void next() {
            if (asking || ended || response.writeQueueFull()) {
                return;
            }
            asking = true;
            reading.next()
                    .whenComplete((piece, failure) -> context.runOnContext(now -> {
                        asking = false;
                        if (ended) {
                            return;
                        } else if (failure != null) {
                            LOG.atWarn()
                                    .addKeyValue("reason", String.valueOf(failure))
                                    .log("The log of a console could not be read to its end");
                            end();
                            // A body that is cut tells the client; its head can say nothing of it any more.
                            response.reset();
                        } else {
                            send(piece);
                        }
                    }));
        }

        private void send(Optional<byte[]> piece) {
            if (piece.isPresent()) {
                response.write(Buffer.buffer(piece.get()));
                next();
            } else {
                end();
                response.end();
            }
        }

        private void end() {
            if (!ended) {
                ended = true;
                reading.close();
            }
        }
    }
}
