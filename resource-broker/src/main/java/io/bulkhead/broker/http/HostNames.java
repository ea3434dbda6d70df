package io.bulkhead.broker.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The names by which a server on TCP may be asked: what stands in {@code Host}, without the port. */
final class HostNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final Set<String> names = new TreeSet<>();

    private HostNames(Collection<String> names) {
        names.forEach(name -> this.names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** The names of loopback. */
    static HostNames ofLoopback(String host) {
        return new HostNames(List.of("localhost", "127.0.0.1", "::1", host));
    }

    /** Those that the certificate is for, and the address that is listened on. */
    static HostNames ofCertificate(String host, Path certificate) throws IOException, CertificateException {
        Set<String> names = new TreeSet<>(Set.of(host));
        try (InputStream in = Files.newInputStream(certificate)) {
            X509Certificate server =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            Collection<List<?>> alternatives = server.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.stream()
                        .filter(each ->
                                each.get(0).equals(DNS_NAME) || each.get(0).equals(IP_ADDRESS))
                        .forEach(each -> names.add((String) each.get(1)));
            }
        }
        return new HostNames(names);
    }

    /** Whether a value of {@code Host} is one of them; {@code *.example.org} stands for one label in front. */
    boolean contains(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) {
            int end = name.indexOf(']');
            name = end < 0 ? "" : name.substring(1, end);
        } else if (name.indexOf(':') >= 0) {
            name = name.substring(0, name.indexOf(':'));
        }
        int dot = name.indexOf('.');
        return !name.isEmpty() && (names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot))));
    }

    @Override
    public String toString() {
        return String.join(", ", names);
    }
}
