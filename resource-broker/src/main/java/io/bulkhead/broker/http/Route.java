package io.bulkhead.broker.http;

import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One operation of the API.
 *
 * @param method of HTTP
 * @param template the path, whose segments in braces stand for anything: {@code /v1/partitions/{name}}
 * @param action what it does
 */
record Route(HttpMethod method, String template, Action action) {
    /** What a route does with a request. */
    interface Action {
        void run(Exchange exchange);
    }

    /** The values of the segments in braces, in order, if the path is of this template. */
    Optional<List<String>> match(String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                values.add(given[i]);
            } else if (!wanted[i].equals(given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }
}
