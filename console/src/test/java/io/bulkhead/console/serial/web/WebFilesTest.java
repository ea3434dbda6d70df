package io.bulkhead.console.serial.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.http.Pages;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page's files: all there, nothing inline, nothing from elsewhere, and what others wrote unchanged. */
class WebFilesTest {
    private final WebFiles files = new WebFiles();

    private String text(String file) {
        Pages.Page page = files.find("/console/" + file).orElseThrow();
        return new String(page.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void areAllThere() {
        assertThat(WebFiles.FILES.keySet())
                .allSatisfy(file -> assertThat(text(file)).isNotEmpty());
        assertThat(files.find("/console/")).isPresent();
    }

    @Test
    void areNothingElse() {
        assertThat(files.find("/console/../logback.xml")).isEmpty();
        assertThat(files.find("/console/vendor/")).isEmpty();
        assertThat(files.find("/v1")).isEmpty();
    }

    @Test
    void haveNothingInlineAndNothingFromElsewhere() {
        assertThat(text("index.html"))
                .doesNotContainPattern("<style|style=|\\son[a-z]+=|javascript:")
                .doesNotContainPattern("<script(?![^>]* src=\"[a-z.]+\")");
        assertThat(WebFiles.FILES.keySet().stream().filter(file -> !file.startsWith("vendor/")))
                .allSatisfy(file -> assertThat(text(file))
                        .doesNotContainPattern("https?://(?!www.w3.org/2000/svg\")|eval\\(|innerHTML"));
    }

    @Test
    void haveOthersFilesAsTheLockSays() throws Exception {
        byte[] lock;
        try (InputStream in = WebFiles.class.getResourceAsStream("/console-page/vendor/vendor.lock.json")) {
            lock = in.readAllBytes();
        }
        assertThat(new String(lock, StandardCharsets.UTF_8)).doesNotContain("resolved");
        Json.Obj packages =
                (Json.Obj) ((Json.Obj) JsonReader.read(lock)).members().get("packages");
        for (Map.Entry<String, Json> each : packages.members().entrySet()) {
            Json.Obj locked = (Json.Obj) ((Json.Obj) each.getValue()).members().get("files");
            for (Map.Entry<String, Json> file : locked.members().entrySet()) {
                byte[] bytes = files.find("/console/vendor/" + file.getKey())
                        .orElseThrow()
                        .bytes();
                String hash = Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
                assertThat(file.getValue()).as(file.getKey()).isEqualTo(Json.of("sha256-" + hash));
            }
        }
    }
}
