package io.bulkhead.broker.http;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list. A cursor names the last item that was seen, so that what comes and goes meanwhile moves nothing:
 * every item that is there all the time is seen exactly once.
 *
 * @param limit how many items at most
 * @param cursor what the last page ended with
 */
record Paging(int limit, Optional<String> cursor) {
    static final String LIMIT = "limit";
    static final String CURSOR = "cursor";

    /**
     * What a request asks for.
     *
     * @param list the name of the list; a cursor is of one list
     * @param most the largest page, which is also the page where no limit is given
     */
    static Paging of(Exchange exchange, String list, int most) {
        int limit = exchange.number(LIMIT, 1, most).map(Math::toIntExact).orElse(most);
        return new Paging(limit, exchange.parameter(CURSOR).map(text -> decode(list, text)));
    }

    /** The position in a list as text that says nothing to others. */
    static String encode(String list, String position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((list + ":" + position).getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String list, String text) {
        try {
            String position = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            if (position.startsWith(list + ":")) {
                return position.substring(list.length() + 1);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(list, text, Optional.of(e));
        }
        throw wrong(list, text, Optional.empty());
    }

    private static Refusal wrong(String list, String text, Optional<Exception> cause) {
        Problem problem = Problem.of(
                ProblemCode.INVALID_REQUEST,
                "'" + text + "' is not a cursor of " + list,
                "use what 'next' said, or leave it out to begin anew");
        return cause.map(why -> new Refusal(problem, why)).orElseGet(() -> new Refusal(problem));
    }

    /** The cursor as a number, 0 where there is none. */
    long number(String list) {
        String text = cursor.orElse("0");
        if (!text.matches("\\d{1,18}")) {
            throw wrong(list, text, Optional.empty());
        }
        return Long.parseLong(text);
    }

    /**
     * The body of a page.
     *
     * @param list its name
     * @param items at most one more than the limit, which tells that there are more
     * @param position where an item is
     * @param encoder to JSON
     */
    <T> Json.Obj body(String list, List<T> items, Function<T, String> position, Function<T, Json> encoder) {
        List<T> page = items.subList(0, Math.min(limit, items.size()));
        Json.Obj body = new Json.Obj(
                Map.of(list, new Json.Array(page.stream().map(encoder).toList())));
        return items.size() > limit
                ? body.with("next", Json.of(encode(list, position.apply(page.get(page.size() - 1)))))
                : body;
    }
}
