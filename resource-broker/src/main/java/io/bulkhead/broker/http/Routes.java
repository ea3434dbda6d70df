package io.bulkhead.broker.http;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the route of a request: 404 where there is none of its path, 405 where there is none of its method. */
final class Routes {
    private final List<Route> all;

    /** A route and what stood in the place of its braces. */
    record Found(Route route, List<String> values) {}

    Routes(List<Route> all) {
        this.all = List.copyOf(all);
    }

    List<Route> all() {
        return all;
    }

    Found find(HttpServerRequest request) {
        String path = Optional.ofNullable(request.path()).orElse("");
        List<Route> ofPath = new ArrayList<>();
        for (Route route : all) {
            Optional<List<String>> values = route.match(path);
            if (values.isPresent()) {
                if (route.method().equals(request.method())) {
                    return new Found(route, values.get());
                }
                ofPath.add(route);
            }
        }
        if (ofPath.isEmpty()) {
            throw Refusal.of(
                    ProblemCode.NOT_FOUND, "there is nothing at " + path, "the API is described at /v1/openapi.yaml");
        }
        String allowed = ofPath.stream().map(route -> route.method().name()).collect(Collectors.joining(", "));
        request.response().putHeader(HttpHeaders.ALLOW, allowed);
        throw Refusal.of(
                ProblemCode.METHOD_NOT_ALLOWED, path + " does not know " + request.method() + "; it knows " + allowed);
    }
}
