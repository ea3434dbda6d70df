package io.bulkhead.broker.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate that the JDK's own tool has made, and a client that trusts it. */
final class TestCertificate {
    private static final String PASSWORD = "changeit";

    private final ApiAccess.Tls tls;
    private final KeyStore store;

    private TestCertificate(ApiAccess.Tls tls, KeyStore store) {
        this.tls = tls;
        this.store = store;
    }

    static TestCertificate make(Path directory, String names) throws Exception {
        Path file = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=" + names,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool made no certificate");
        }
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
        Path certificate = Files.writeString(
                directory.resolve("tls.pem"),
                pem("CERTIFICATE", store.getCertificate("it").getEncoded()));
        Path key = Files.writeString(
                directory.resolve("tls.key"),
                pem("PRIVATE KEY", store.getKey("it", PASSWORD.toCharArray()).getEncoded()));
        return new TestCertificate(new ApiAccess.Tls(certificate, key), store);
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }

    ApiAccess.Tls tls() {
        return tls;
    }

    /** Asks who is there, by the name of some host; the answer is all that came. */
    String ask(int port, String host, String secret) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("it", store.getCertificate("it"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(("GET /v1 HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAuthorization: Bearer "
                                    + secret + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
