package io.bulkhead.broker.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.partition.Init;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service of the demo, run as it stands in the file, on a free port. */
class DemoServiceIT {
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private Process service;
    private int port;

    @BeforeEach
    void startService() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Init.Service init =
                (Init.Service) DefinitionLoader.load(Configs.directory().resolve("demo.yaml"))
                        .get(0)
                        .spec()
                        .init();
        List<String> command = init.command().stream()
                .map(word -> word.replace("8080", Integer.toString(port)))
                .toList();
        service = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await("the service listens")
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(this::accepts);
    }

    @AfterEach
    void stopService() throws InterruptedException {
        service.destroy();
        assertThat(service.waitFor(10, TimeUnit.SECONDS))
                .as("the service ends by SIGTERM")
                .isTrue();
    }

    @Test
    void saysWhoItIsAndCountsRequests() throws IOException, InterruptedException {
        String who = "\\{\"hostname\":\"[^\"]+\",\"pid\":" + service.pid() + ",\"requests\":%d}\n";

        assertThat(get("/").body()).matches(who.formatted(1));
        assertThat(get("/").body()).matches(who.formatted(2));
    }

    @Test
    void computes() throws IOException, InterruptedException {
        assertThat(get("/work").body()).contains("\"primesBelow100000\":9592");
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException, InterruptedException {
        HttpRequest post = HttpRequest.newBuilder(uri("/"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();

        assertThat(get("/other").statusCode()).isEqualTo(404);
        assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void goesOnAfterASilentClientAndAfterNonsense() throws IOException, InterruptedException {
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket babbler = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = babbler.getOutputStream();
            out.write("nonsense\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();

            assertThat(silent.isConnected()).isTrue();
            assertThat(get("/").statusCode()).isEqualTo(200);
        }
    }

    private boolean accepts() throws IOException {
        assertThat(service.isAlive()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(30))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
