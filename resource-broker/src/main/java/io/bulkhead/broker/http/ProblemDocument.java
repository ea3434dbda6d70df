package io.bulkhead.broker.http;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;

/** A problem as {@code application/problem+json}; RFC 9457. */
final class ProblemDocument {
    static final String CONTENT_TYPE = "application/problem+json";

    private static final String TYPE_PREFIX = "urn:bulkhead:problem:";

    private ProblemDocument() {}

    /**
     * Makes the document.
     *
     * @param instance the path that was asked
     */
    static Json.Obj of(Problem problem, String instance) {
        String code = RecordCodec.constantName(problem.code());
        Json.Obj document = new Json.Obj(java.util.Map.of())
                .with("type", Json.of(TYPE_PREFIX + code))
                .with("title", Json.of(problem.code().title()))
                .with("status", Json.of(problem.code().httpStatus()))
                .with("code", Json.of(code))
                .with("detail", Json.of(problem.detail()));
        if (problem.remedy().isPresent()) {
            document = document.with("remedy", Json.of(problem.remedy().get()));
        }
        return document.with(
                        "holders",
                        new Json.Array(problem.holders().stream()
                                .map(holder -> (Json) Json.of(holder))
                                .toList()))
                .with("instance", Json.of(instance));
    }
}
