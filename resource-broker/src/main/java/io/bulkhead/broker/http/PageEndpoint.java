package io.bulkhead.broker.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** Serves {@link Pages}, so that a browser runs nothing and loads nothing that does not come from here. */
final class PageEndpoint {
    /** W3C Content Security Policy: nothing inline, nothing from elsewhere, in nobody's frame. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Pages pages;

    PageEndpoint(Pages pages) {
        this.pages = pages;
    }

    /** Answers, where a page is asked for. */
    boolean answer(HttpServerRequest request) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        String path = Optional.ofNullable(request.path()).orElse("");
        if (!head && !request.method().equals(HttpMethod.GET)) {
            return false;
        }
        Optional<Pages.Page> page = pages.find(path);
        page.ifPresentOrElse(found -> give(request, found, head), () -> pages.find(path + "/")
                .ifPresent(below -> protect(request.response())
                        .setStatusCode(308)
                        .putHeader(HttpHeaders.LOCATION, path + "/")
                        .end()));
        return page.isPresent() || pages.find(path + "/").isPresent();
    }

    private static void give(HttpServerRequest request, Pages.Page page, boolean head) {
        String tag = "\"" + page.tag() + "\"";
        HttpServerResponse response = protect(request.response()).putHeader(HttpHeaders.ETAG, tag);
        if (tag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, page.contentType());
        if (head) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(page.bytes().length))
                    .end();
        } else {
            response.end(Buffer.buffer(page.bytes()));
        }
    }

    private static HttpServerResponse protect(HttpServerResponse response) {
        return response.putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    }
}
