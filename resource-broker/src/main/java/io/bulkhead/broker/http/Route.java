package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Role;
import io.bulkhead.contract.order.ProblemCode;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One operation of the API, with all that its description in {@code api/openapi.yaml} must say of it too; a test compares
 * the two.
 *
 * @param method of HTTP
 * @param template the path, whose segments in braces stand for anything: {@code /v1/partitions/{name}}
 * @param role who may; none for everybody
 * @param verb its name in the audit trail and in operations
 * @param parameters of the query, and no others
 * @param headers that mean something to it
 * @param statuses of its answers where nothing went wrong
 * @param problems beside {@link #EVERYWHERE}
 * @param action what it does
 */
record Route(
        HttpMethod method,
        String template,
        Optional<Role> role,
        String verb,
        Set<String> parameters,
        Set<String> headers,
        Set<Integer> statuses,
        Set<ProblemCode> problems,
        Action action) {
    /** What can go wrong with any request. */
    static final Set<ProblemCode> EVERYWHERE = Set.of(
            ProblemCode.INVALID_REQUEST,
            ProblemCode.PROTOCOL_ERROR,
            ProblemCode.UNAUTHENTICATED,
            ProblemCode.NOT_PERMITTED,
            ProblemCode.MISDIRECTED,
            ProblemCode.TOO_MANY_REQUESTS,
            ProblemCode.TOO_LARGE,
            ProblemCode.TIMED_OUT,
            ProblemCode.FAILED);

    /** What can go wrong with requests at no operation. */
    static final Set<ProblemCode> NOWHERE = Set.of(ProblemCode.NOT_FOUND, ProblemCode.METHOD_NOT_ALLOWED);

    /** What can go wrong with a change of a partition. */
    static final Set<ProblemCode> CHANGE = Set.of(
            ProblemCode.NOT_FOUND,
            ProblemCode.CONFLICT,
            ProblemCode.WRONG_STATE,
            ProblemCode.NOT_ENOUGH_RESOURCES,
            ProblemCode.NOT_ENFORCEABLE,
            ProblemCode.PROMISE_BROKEN,
            ProblemCode.UNREACHABLE);

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** What a route does with a request. */
    interface Action {
        void run(Exchange exchange);
    }

    Route {
        parameters = new TreeSet<>(parameters);
        headers = new TreeSet<>(headers);
        statuses = new TreeSet<>(statuses);
        problems = Set.copyOf(problems);
    }

    /**
     * One that asks the manager: for viewers where it only looks, for admins where it changes something, which then knows
     * {@code Idempotency-Key}.
     */
    Route(HttpMethod method, String template, Action action) {
        this(
                method,
                template,
                Optional.of(isLook(method) ? Role.VIEWER : Role.ADMIN),
                method + " " + template,
                Set.of(),
                isLook(method) ? Set.of() : Set.of(IDEMPOTENCY_KEY),
                Set.of(200),
                isLook(method)
                        ? Set.of(ProblemCode.UNREACHABLE)
                        : Set.of(ProblemCode.UNREACHABLE, ProblemCode.CONFLICT, ProblemCode.KEY_REUSED),
                action);
    }

    private static boolean isLook(HttpMethod method) {
        return method.equals(HttpMethod.GET);
    }

    Route forRole(Role needed) {
        return new Route(method, template, Optional.of(needed), verb, parameters, headers, statuses, problems, action);
    }

    Route forEverybody() {
        return new Route(method, template, Optional.empty(), verb, parameters, headers, statuses, problems, action);
    }

    Route named(String name) {
        return new Route(method, template, role, name, parameters, headers, statuses, problems, action);
    }

    Route taking(String... more) {
        return new Route(method, template, role, verb, added(parameters, more), headers, statuses, problems, action);
    }

    Route heeding(String... more) {
        return new Route(method, template, role, verb, parameters, added(headers, more), statuses, problems, action);
    }

    Route answering(Integer... these) {
        return new Route(method, template, role, verb, parameters, headers, Set.of(these), problems, action);
    }

    /** With these problems too. */
    Route failingBy(ProblemCode... more) {
        return failingBy(Set.of(more));
    }

    Route failingBy(Set<ProblemCode> more) {
        Set<ProblemCode> all = new TreeSet<>(problems);
        all.addAll(more);
        return new Route(method, template, role, verb, parameters, headers, statuses, all, action);
    }

    /** One that never asks the manager. */
    Route withoutManager() {
        Set<ProblemCode> others = new TreeSet<>(problems);
        others.remove(ProblemCode.UNREACHABLE);
        return new Route(method, template, role, verb, parameters, headers, statuses, others, action);
    }

    /** One that changes a partition and can be left to itself: {@code Prefer: respond-async} and {@code wait}. */
    Route asWork(String name) {
        Integer[] all = Stream.concat(statuses.stream(), Stream.of(202)).toArray(Integer[]::new);
        return named(name).taking("wait").heeding("Prefer").failingBy(CHANGE).answering(all);
    }

    private static Set<String> added(Set<String> some, String... more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(Arrays.asList(more));
        return all;
    }

    boolean changes() {
        return !isLook(method);
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
