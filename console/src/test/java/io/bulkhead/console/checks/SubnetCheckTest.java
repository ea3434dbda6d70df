package io.bulkhead.console.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.settings.LoadedSettings;
import io.bulkhead.settings.SettingsException;
import io.bulkhead.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a host with a tunnel to 10.77.0.0/16. */
class SubnetCheckTest {
    @TempDir
    private Path root;

    private Path config;

    @BeforeEach
    void build() throws IOException {
        file("proc/self/net/route", """
                Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
                tun0	00004D0A	00000000	0001	0	0	0	0000FFFF	0	0	0
                """);
        config = file("etc/bulkhead.conf", "[network]\nsubnet = 10.77.5.0/24\n");
    }

    private Path file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private LoadedSettings configured() {
        return SettingsLoader.read(Optional.of(config), Map.of(), Map.of());
    }

    @Test
    void refusesASubnetThatSomebodyHasChosenByPlaceAndRemedy() {
        assertThatThrownBy(() -> new SubnetCheck(root).requireApart(configured()))
                .isInstanceOf(SettingsException.class)
                .hasMessage(
                        config + ":2: network.subnet: 10.77.5.0/24 is not free: the host has a route to 10.77.0.0/16"
                                + " by tun0; set another network.subnet, one that 'ip route' and 'ip address' do not show");
        assertThatThrownBy(() -> new SubnetCheck(root)
                        .requireApart(SettingsLoader.read(
                                Optional.empty(), Map.of("BULKHEAD_NETWORK_SUBNET", "10.77.9.0/24"), Map.of())))
                .hasMessageStartingWith("variable BULKHEAD_NETWORK_SUBNET: network.subnet: ");
    }

    @Test
    void letsAHostComeUpWithASubnetThatNobodyHasChosenButFindsIt() {
        LoadedSettings defaults = SettingsLoader.read(Optional.empty(), Map.of(), Map.of());

        assertThatCode(() -> new SubnetCheck(root).requireApart(defaults)).doesNotThrowAnyException();
        assertThat(new SubnetCheck(root).collision(defaults.settings())).isPresent();
    }

    @Test
    void letsAManagerComeBackToPartitionsThatAreOnTheBridge() throws IOException {
        file("sys/class/net/bh-bulkhead/ifalias", "bulkhead/bulkhead\n");

        assertThatCode(() -> new SubnetCheck(root).requireApart(configured())).doesNotThrowAnyException();
    }
}
