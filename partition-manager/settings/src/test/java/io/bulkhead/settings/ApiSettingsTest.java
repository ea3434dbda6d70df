package io.bulkhead.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiSettingsTest {
    @Test
    void readsGroupsPlacesAndFiles() {
        Settings.Api api = read(Map.of(
                        "api.admins", "wheel, ops",
                        "api.viewers", "monitoring",
                        "api.listen", "[::]:7480",
                        "api.tls_certificate", "/etc/bulkhead/tls.pem",
                        "api.tls_key", "/etc/bulkhead/tls.key",
                        "api.allowed_origins", "https://desk.example.org, http://[::1]:8080"))
                .api();

        assertThat(api)
                .isEqualTo(new Settings.Api(
                        Optional.of(Set.of("wheel", "ops")),
                        Set.of(),
                        Set.of("monitoring"),
                        Optional.of(new Settings.Place("::", 7480)),
                        Optional.of(Path.of("/etc/bulkhead/tls.pem")),
                        Optional.of(Path.of("/etc/bulkhead/tls.key")),
                        Set.of("https://desk.example.org", "http://[::1]:8080")));
    }

    @Test
    void listensNowhereOnTcpUnlessItIsTold() {
        assertThat(SettingsLoader.defaults(Map.of()).api().listen()).isEmpty();
        assertThat(SettingsLoader.defaults(Map.of()).ssh())
                .isEqualTo(new Settings.Ssh(Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "api.listen | 7480 | '7480' is no address with a port",
                "api.listen | 127.0.0.1:0 | '127.0.0.1:0' is no address with a port",
                "api.listen | 127.0.0.1:70000 | is no address with a port",
                "api.listen | 1.2.3.400:80 | '1.2.3.400' is no address",
                "api.listen | 0.0.0.0:7480 | 0.0.0.0 can be reached by others, where tokens need TLS; set api.tls_certificate",
                "api.listen | 10.0.0.1:7480 | or listen on 127.0.0.1",
                "ssh.listen | 2222 | '2222' is no address with a port",
                "ssh.escape_key | ctrl-m | 'ctrl-m' is not ctrl-], ctrl-^, ctrl-_ or none",
                "consoles.most_idle | 15m | '15m' is not a time like 15min, or off",
                "consoles.most_idle | root:15min | 'root' is not viewer, operator or admin",
                "consoles.most_attached | viewer:1h,8h | '8h' is not ROLE:TIME",
                "consoles.most_attached | viewer:1h,viewer:off | viewer has two times",
                "api.viewers | a b | 'a b' is not the name of a group",
                "api.viewers | a,,b | '' is not the name of a group",
                "api.tls_key | tls.key | 'tls.key' is relative",
                "api.allowed_origins | * | '*' is no origin",
                "api.allowed_origins | https://a.example/ | 'https://a.example/' is no origin",
                "api.allowed_origins | null | 'null' is no origin",
                "api.tls_key | /tls.key | api.tls_certificate: must be set where api.tls_key is",
                "api.tls_certificate | /tls.pem | api.tls_key: must be set where api.tls_certificate is"
            })
    void refusesWhatIsWrong(String key, String value, String message) {
        assertThatThrownBy(() -> read(Map.of(key, value)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80", "127.1.2.3:80", "[::1]:80", "localhost:80"})
    void listensOnLoopbackWithoutTls(String place) {
        assertThat(read(Map.of("api.listen", place)).api().listen()).isPresent();
    }

    @Test
    void readsHowLongEachRoleMayStay() {
        Settings.Consoles consoles = read(Map.of(
                        "consoles.most_idle", "operator:15min, viewer:off", "consoles.most_attached", "8h"))
                .consoles();

        assertThat(consoles.mostIdle()).isEqualTo(Map.of(Settings.ConsoleRole.OPERATOR, Duration.ofMinutes(15)));
        assertThat(consoles.mostAttached())
                .containsOnlyKeys(Settings.ConsoleRole.values())
                .containsEntry(Settings.ConsoleRole.ADMIN, Duration.ofHours(8));
        assertThat(SettingsLoader.defaults(Map.of()).consoles().mostAttached()).isEmpty();
    }

    private static Settings read(Map<String, String> overrides) {
        return SettingsLoader.read(Optional.empty(), Map.of(), overrides).settings();
    }
}
