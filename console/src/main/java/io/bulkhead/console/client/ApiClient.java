package io.bulkhead.console.client;

import io.bulkhead.console.protocol.ClientMessage;
import io.bulkhead.console.protocol.ProtocolException;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Asks the control plane. One connection per request: a command line asks once or twice, and nothing has to be kept
 * alive.
 *
 * <p>Every failure is a {@link Refusal}: the server's own problem, or UNREACHABLE, TIMED_OUT or PROTOCOL_ERROR.
 */
public final class ApiClient {
    private final Path socket;

    public ApiClient(Path socket) {
        this.socket = socket;
    }

    public Json get(String path) {
        return request("GET", path, Optional.empty());
    }

    public Json put(String path, Json body) {
        return request("PUT", path, Optional.of(body));
    }

    public Json post(String path, Json body) {
        return request("POST", path, Optional.of(body));
    }

    /**
     * Has a change made and is told of its steps meanwhile; RFC 7240.
     *
     * @param method PUT, POST or DELETE
     * @param body what is sent, if anything
     * @param headers sent too
     * @param progress is given the operation again and again, at least once a second, until it has ended
     * @return what the request answers when it is waited for
     */
    public Json work(
            String method, String path, Optional<Json> body, Map<String, String> headers, Consumer<Json.Obj> progress) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Prefer", "respond-async");
        Answer answer = ask(method, path, body, all);
        if (answer.status() != 202) {
            return answer.body();
        }
        String operation = answer.header("location");
        Json now = answer.body();
        while (true) {
            Json.Obj seen = operation(now);
            if (text(seen, "state").filter("failed"::equals).isPresent()) {
                throw new Refusal(
                        seen.members().get("problem") instanceof Json.Obj problem
                                ? fromDocument(problem)
                                : Problem.of(ProblemCode.FAILED, "it failed"));
            } else if (text(seen, "state").filter("done"::equals).isPresent()) {
                return seen.members().getOrDefault("result", new Json.Obj(Map.of()));
            }
            progress.accept(seen);
            int steps = seen.members().get("steps") instanceof Json.Array array
                    ? array.items().size()
                    : 0;
            now = get(operation + "?wait=1&seen=" + steps);
        }
    }

    private static Json.Obj operation(Json json) {
        if (json instanceof Json.Obj object) {
            return object;
        }
        throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the control plane told of an operation by no object");
    }

    /** Every item of a list that comes in pages, asked for page by page. */
    public Stream<Json> pages(String path, String list) {
        String separator = path.contains("?") ? "&" : "?";
        return Stream.iterate(Optional.of(get(path)), Optional::isPresent, page -> page.flatMap(ApiClient::next)
                        .map(cursor -> get(path + separator + "cursor=" + cursor)))
                .flatMap(Optional::stream)
                .flatMap(page -> page instanceof Json.Obj body && body.members().get(list) instanceof Json.Array items
                        ? items.items().stream()
                        : Stream.empty());
    }

    private static Optional<String> next(Json page) {
        return page instanceof Json.Obj body ? text(body, "next") : Optional.empty();
    }

    public void delete(String path) {
        request("DELETE", path, Optional.empty());
    }

    /** Asks for something whose body is read as it comes, which may be for ever. */
    public BodyStream open(String path) {
        HttpExchange exchange = connect();
        try {
            exchange.send("GET", path, Map.of("Connection", "close"), new byte[0]);
            HttpExchange.Head head = exchange.readHead();
            if (head.status() >= 400) {
                throw problem(head.status(), exchange.readBody(head));
            }
            return new BodyStream(exchange, exchange.openBody(head));
        } catch (IOException e) {
            close(exchange);
            throw unreachable(e);
        } catch (RuntimeException e) {
            close(exchange);
            throw e;
        }
    }

    /** Reads the answer as a record of the contract. */
    public <T> T get(String path, Class<T> type) {
        return decode(type, get(path));
    }

    /** Reads a JSON answer as a record of the contract. */
    public static <T> T decode(Class<T> type, Json json) {
        try {
            return RecordCodec.decode(type, json);
        } catch (WireException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.PROTOCOL_ERROR,
                            "the control plane's answer is not understood: " + e.getMessage(),
                            "use the command line and the control plane of one release"),
                    e);
        }
    }

    /**
     * Opens a stream by an order: a console, a command or the events. The reply is checked; what follows is the
     * caller's.
     */
    public FrameStream openStream(Order order) {
        HttpExchange exchange = connect();
        try {
            upgrade(exchange, "/v1/streams", "bulkhead-stream/1");
            FrameStream stream = exchange.intoStream();
            stream.send(Frame.order(order));
            stream.awaitOpened();
            return stream;
        } catch (IOException e) {
            close(exchange);
            throw unreachable(e);
        } catch (RuntimeException e) {
            close(exchange);
            throw e;
        }
    }

    private static void upgrade(HttpExchange exchange, String path, String protocol) throws IOException {
        exchange.send("GET", path, Map.of("Connection", "Upgrade", "Upgrade", protocol), new byte[0]);
        HttpExchange.Head head = exchange.readHead();
        if (head.status() != 101) {
            throw problem(head.status(), exchange.readBody(head));
        }
    }

    /**
     * Attaches to a console.
     *
     * @param hello how
     * @return the attachment, which the caller closes
     */
    public Attached attach(PartitionName name, ClientMessage.Hello hello) {
        HttpExchange exchange = connect();
        try {
            upgrade(exchange, "/v1/consoles/" + name + "/attach", "bulkhead.console.v1");
            ConsoleConnection connection = exchange.intoConsole();
            return new Attached(connection, connection.open(hello));
        } catch (IOException | ProtocolException e) {
            close(exchange);
            throw unreachable(e);
        } catch (RuntimeException e) {
            close(exchange);
            throw e;
        }
    }

    /** Sends any request and reads the answer's body. */
    public Json request(String method, String path, Optional<Json> body) {
        return request(method, path, body, Map.of());
    }

    /** Sends any request with these headers too, and reads the answer's body. */
    public Json request(String method, String path, Optional<Json> body, Map<String, String> headers) {
        return ask(method, path, body, headers).body();
    }

    /**
     * What there is, with its entity tag.
     *
     * @param tag as it stands in {@code ETag}, quotes included
     */
    public record Tagged(Json body, String tag) {}

    /** Asks for something that has an entity tag. */
    public Tagged tagged(String path) {
        Answer answer = ask("GET", path, Optional.empty(), Map.of());
        return new Tagged(answer.body(), answer.header("etag"));
    }

    /** What came. */
    private record Answer(int status, Map<String, String> headers, Json body) {
        String header(String lowerCaseName) {
            return Optional.ofNullable(headers.get(lowerCaseName))
                    .orElseThrow(() -> Refusal.of(
                            ProblemCode.PROTOCOL_ERROR, "the control plane's answer has no " + lowerCaseName));
        }
    }

    private Answer ask(String method, String path, Optional<Json> body, Map<String, String> more) {
        byte[] bytes = body.map(json -> json.toString().getBytes(StandardCharsets.UTF_8))
                .orElse(new byte[0]);
        Map<String, String> headers = new LinkedHashMap<>(more);
        headers.put("Connection", "close");
        if (body.isPresent()) {
            headers.put("Content-Type", "application/json");
        }
        try (HttpExchange exchange = connect()) {
            exchange.send(method, path, headers, bytes);
            HttpExchange.Head head = exchange.readHead();
            byte[] answer = exchange.readBody(head);
            if (head.status() >= 400) {
                throw problem(head.status(), answer);
            }
            return new Answer(
                    head.status(),
                    head.headers(),
                    answer.length == 0 ? new Json.Obj(Map.of()) : JsonReader.read(answer));
        } catch (IOException | WireException e) {
            throw unreachable(e);
        }
    }

    private HttpExchange connect() {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new HttpExchange(channel);
        } catch (IOException e) {
            if (channel != null) {
                close(channel);
            }
            throw unreachable(e);
        }
    }

    private Refusal unreachable(Exception cause) {
        boolean forbidden = String.valueOf(cause.getMessage()).contains("Permission denied");
        return new Refusal(
                forbidden
                        ? Problem.of(
                                ProblemCode.NOT_PERMITTED,
                                "the control plane's socket " + socket + " may not be opened by this user",
                                "run the command as root, or join the socket's group")
                        : Problem.of(
                                ProblemCode.UNREACHABLE,
                                "the control plane does not answer at " + socket + ": " + reason(cause),
                                "start it with 'bulkhead up'"),
                cause);
    }

    private static String reason(Exception cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private static Refusal problem(int status, byte[] body) {
        try {
            if (JsonReader.read(body) instanceof Json.Obj object) {
                return new Refusal(fromDocument(object));
            }
        } catch (WireException e) {
            return new Refusal(Problem.of(ProblemCode.FAILED, "the control plane answered HTTP " + status), e);
        }
        return Refusal.of(ProblemCode.FAILED, "the control plane answered HTTP " + status);
    }

    private static Problem fromDocument(Json.Obj document) {
        String code = text(document, "code").orElse("failed");
        return new Problem(
                Arrays.stream(ProblemCode.values())
                        .filter(each -> RecordCodec.constantName(each).equals(code))
                        .findFirst()
                        .orElse(ProblemCode.FAILED),
                text(document, "detail").or(() -> text(document, "title")).orElse("it failed"),
                text(document, "remedy"),
                document.members().get("holders") instanceof Json.Array holders
                        ? holders.items().stream()
                                .filter(Json.Text.class::isInstance)
                                .map(each -> ((Json.Text) each).value())
                                .toList()
                        : List.of());
    }

    private static Optional<String> text(Json.Obj object, String name) {
        return object.members().get(name) instanceof Json.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    private static void close(AutoCloseable connection) {
        try {
            connection.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a socket failed", e);
        }
    }
}
