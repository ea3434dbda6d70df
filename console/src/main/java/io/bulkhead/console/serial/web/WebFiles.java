package io.bulkhead.console.serial.web;

import io.bulkhead.broker.http.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The page for one console below {@code /console/}, from the program's own resources; read when first asked for. Any thread. */
public final class WebFiles implements Pages {
    private static final String PLACE = "/console/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** Each file there is, and its media type: nothing else is ever read. */
    static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("index.html", "text/html; charset=utf-8"),
            Map.entry("icon.svg", "image/svg+xml"),
            Map.entry("page.css", STYLE),
            Map.entry("page.mjs", SCRIPT),
            Map.entry("connection.mjs", SCRIPT),
            Map.entry("messages.mjs", SCRIPT),
            Map.entry("screen.mjs", SCRIPT),
            Map.entry("styles.mjs", SCRIPT),
            Map.entry("texts.mjs", SCRIPT),
            Map.entry("vendor/xterm.mjs", SCRIPT),
            Map.entry("vendor/xterm.css", STYLE),
            Map.entry("vendor/addon-fit.mjs", SCRIPT),
            Map.entry("vendor/addon-search.mjs", SCRIPT),
            Map.entry("vendor/addon-webgl.mjs", SCRIPT),
            Map.entry("vendor/xterm.LICENSE.txt", TEXT),
            Map.entry("vendor/addon-fit.LICENSE.txt", TEXT),
            Map.entry("vendor/addon-search.LICENSE.txt", TEXT),
            Map.entry("vendor/addon-webgl.LICENSE.txt", TEXT));

    private final Map<String, Page> read = new ConcurrentHashMap<>();

    @Override
    public Optional<Page> find(String path) {
        if (!path.startsWith(PLACE)) {
            return Optional.empty();
        }
        String file = path.equals(PLACE) ? "index.html" : path.substring(PLACE.length());
        return Optional.ofNullable(FILES.get(file)).map(type -> read.computeIfAbsent(file, fresh -> load(file, type)));
    }

    private static Page load(String file, String type) {
        try (InputStream in = WebFiles.class.getResourceAsStream("/console-page/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + file);
            }
            byte[] bytes = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Page(type, bytes, HexFormat.of().formatHex(hash, 0, 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
