package io.bulkhead.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.OperationRate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
    @TempDir
    private Path directory;

    @Test
    void fillsInEveryDefault() {
        Settings settings = SettingsLoader.defaults(Map.of());

        assertThat(settings.instance()).hasToString("bulkhead");
        assertThat(settings.stateDirectory()).isEqualTo(Path.of("/var/lib/bulkhead"));
        assertThat(settings.runDirectory()).isEqualTo(Path.of("/run/bulkhead"));
        assertThat(settings.definitionsDirectory()).isEqualTo(Path.of("/etc/bulkhead/partitions"));
        assertThat(settings.host())
                .isEqualTo(new Settings.Host(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        new Settings.MemoryCaps(true, Optional.empty())));
        assertThat(settings.uidBase()).isEqualTo(1_048_576);
        assertThat(settings.uidRanges()).isEqualTo(256);
        assertThat(settings.consoleHistory()).isEqualTo(ByteSize.ofMebibytes(1));
        assertThat(settings.consoleLogQuota()).isEqualTo(ByteSize.ofMebibytes(64));
        assertThat(settings.controlPlaneUser()).isEqualTo("bulkhead");
    }

    @Test
    void readsEveryKeyOfAFile() throws IOException {
        Path file = write("""
            # a comment
            [instance]
            name = lab-2
            state_dir=/srv/lab/state
            run_dir = /srv/lab/run
            definitions_dir = /srv/lab/partitions

            ; another comment
            [host]
            cpus = 0-1,8
            cpu_reserve = 0.25
            memory_reserve = 1.5GiB
            confine = true
            steer_interrupts = false
            memory_caps = 96MiB
            disk_read = 500MiB/s
            disk_write_ops = 4000/s
            network_out = 2.5Gbit/s
            [partitions]
            uid_base = 2097152
            uid_ranges = 16
            console_history = 1MiB
            console_log = 2GiB
            [control-plane]
            user = 990
            """);

        Settings settings = SettingsLoader.load(file, Map.of());

        assertThat(settings.instance()).hasToString("lab-2");
        assertThat(settings.managerSocket()).isEqualTo(Path.of("/srv/lab/run/manager.sock"));
        assertThat(settings.apiSocket()).isEqualTo(Path.of("/srv/lab/run/control/api.sock"));
        assertThat(settings.definitionsDirectory()).isEqualTo(Path.of("/srv/lab/partitions"));
        assertThat(settings.host())
                .isEqualTo(new Settings.Host(
                        Optional.of(CpuSet.of(0, 1, 8)),
                        Optional.of(new CpuMillis(250)),
                        Optional.of(ByteSize.ofMebibytes(1536)),
                        true,
                        Optional.of(false),
                        new Settings.MemoryCaps(true, Optional.of(ByteSize.ofMebibytes(96))),
                        new IoCapacity(
                                Optional.of(ByteRate.parse("500MiB/s")),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(OperationRate.parse("4000/s"))),
                        new NetworkCapacity(Optional.empty(), Optional.of(new BitRate(2_500_000_000L)))));
        assertThat(settings.uidBase()).isEqualTo(2_097_152);
        assertThat(settings.uidRanges()).isEqualTo(16);
        assertThat(settings.consoleHistory()).isEqualTo(ByteSize.ofMebibytes(1));
        assertThat(settings.consoleLogQuota()).isEqualTo(ByteSize.ofMebibytes(2048));
        assertThat(settings.controlPlaneUser()).isEqualTo("990");
    }

    @Test
    void reportsEveryFaultAtOnceInTheOrderOfLines() throws IOException {
        Path file = write("""
            name = early
            [instance]
            nmae = lab
            cpus = 0
            [hots]
            confine = true
            [partitions]
            uid_base = 1000000
            uid_ranges = none
            uid_ranges = 3
            what is this
            [partitions]
            console_history = 256
            """);

        SettingsException refused = refused(file, Map.of("host.cpu", "1", "host.confine", "yes"));

        assertThat(refused.faults().stream().map(Fault::toString))
                .containsExactly(
                        file + ":1: name: stands before the first section; it belongs into [instance]",
                        file + ":3: instance.nmae: there is no such key; did you mean name?"
                                + " ([instance] has name, state_dir, run_dir, definitions_dir)",
                        file + ":4: instance.cpus: there is no such key; it belongs into [host]"
                                + " ([instance] has name, state_dir, run_dir, definitions_dir)",
                        file + ":5: there is no section [hots]; did you mean host?"
                                + " (there are instance, host, partitions, network, control-plane, api, consoles, ssh)",
                        file + ":8: partitions.uid_base: '1000000' is not a multiple of 65536; the nearest are 983040"
                                + " and 1048576; allowed: a multiple of 65536 from 65536 to 4294836224",
                        file + ":9: partitions.uid_ranges: 'none' is not a whole number; allowed: a whole number from"
                                + " 1 to 65534, so that all ranges end below uid 4294901760",
                        file + ":10: partitions.uid_ranges: stands twice, first in line 9",
                        file + ":11: 'what is this' is neither [section] nor key = value nor a # comment",
                        file + ":12: section [partitions] stands twice, first in line 7",
                        file + ":13: partitions.console_history: '256' has no unit; use one of B, KiB, MiB, GiB, TiB,"
                                + " PiB, like 512MiB; allowed: a size from 4KiB to 64MiB",
                        "override: host.cpu: there is no such key; did you mean host.cpus? (there are instance.name,"
                                + " instance.state_dir, instance.run_dir, instance.definitions_dir, host.cpus,"
                                + " host.cpu_reserve, host.memory_reserve, host.confine, host.steer_interrupts,"
                                + " host.memory_caps, host.disk_read, host.disk_write, host.disk_read_ops,"
                                + " host.disk_write_ops, host.network_in, host.network_out, partitions.uid_base,"
                                + " partitions.uid_ranges, partitions.console_history, partitions.console_log, network.subnet,"
                                + " network.uplink, network.nat, network.host_names, control-plane.user, api.admins,"
                                + " api.operators, api.viewers, api.listen, api.tls_certificate, api.tls_key,"
                                + " api.allowed_origins, consoles.read, consoles.write, consoles.take_over, consoles.grants,"
                                + " consoles.break, consoles.writer_idle, consoles.most_idle, consoles.most_attached,"
                                + " ssh.listen, ssh.escape_key)",
                        "override: host.confine: 'yes' is neither true nor false; allowed: true or false");
        assertThat(refused).message().hasLineCount(12);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name = \"lab\"",
                "name = 'lab'",
                "state_dir = /srv/a=\"b\"",
                "name = lab # mine",
                "name = lab ; mine",
                "name = # lab",
                "name = lab \\",
                "name = ${env:HOME}",
                "name =",
                "name: lab",
                "name",
                "= lab",
                "[host] # behind",
                "[host",
                "state_dir = state",
                "state_dir = /var/../etc",
                "state_dir = /",
                "name = Lab",
            })
    void refusesWhatCouldBeReadInTwoWays(String line) throws IOException {
        Path file = write("[instance]\n" + line + "\n");

        SettingsException refused = refused(file, Map.of());

        assertThat(refused.faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.place().line()).hasValue(2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        host.cpus                  | 0-
        host.cpus                  | ''
        host.cpu_reserve           | 0
        host.cpu_reserve           | 0.0001
        host.cpu_reserve           | 513
        host.memory_reserve        | 1GB
        host.memory_reserve        | 15MiB
        host.memory_reserve        | 16777217B
        host.confine               | TRUE
        partitions.uid_base        | 0
        partitions.uid_base        | 4294901760
        partitions.uid_base        | 99999999999999999999
        partitions.uid_ranges      | 0
        partitions.uid_ranges      | -1
        partitions.uid_ranges      | 65535
        partitions.console_history | 4095B
        partitions.console_history | 65MiB
        partitions.console_log     | 1023KiB
        partitions.console_log     | 65GiB
        partitions.console_log     | 64
        control-plane.user         | 4294967295
        control-plane.user         | root:root
        instance.run_dir           | run
        """)
    void refusesValuesOutsideTheirRange(String path, String value) {
        SettingsException refused = refusedDefaults(Map.of(path, value));

        assertThat(refused.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.key()).isEqualTo(path);
            assertThat(fault.problem()).contains("allowed: ");
        });
    }

    @Test
    void checksKeysAgainstEachOther() {
        assertThat(refusedDefaults(Map.of("partitions.uid_base", "4294770688")))
                .hasMessageContaining("there is room for 2 ranges above partitions.uid_base = 4294770688, not for 256");
        assertThat(refusedDefaults(Map.of("host.cpus", "0", "host.cpu_reserve", "1.5")))
                .hasMessageContaining("1.5 CPUs are more than host.cpus has: 1");
        assertThat(refusedDefaults(Map.of("instance.run_dir", "/var/lib/bulkhead")))
                .hasMessageContaining("must not be the same directory");
    }

    @Test
    void keepsSocketPathsWithinTheKernelsBound() {
        String socket = "/control/api.sock";
        String longest = "/" + "x".repeat(107 - socket.length() - 1);

        Settings settings = SettingsLoader.defaults(Map.of("instance.run_dir", longest));

        assertThat(settings.apiSocket().toString()).hasSize(107);
        assertThat(refusedDefaults(Map.of("instance.run_dir", longest + "x")))
                .hasMessageContaining("would have 108 bytes");
    }

    @Test
    void letsTheStrongerLayerDecideAndSaysWhich() throws IOException {
        Path file = write("[instance]\nname = from-file\nstate_dir = /srv/state\n[partitions]\nuid_ranges = 8\n");
        Map<String, String> environment =
                Map.of("BULKHEAD_INSTANCE_NAME", "from-env", "BULKHEAD_PARTITIONS_UID_RANGES", "9", "HOME", "/root");

        LoadedSettings loaded =
                SettingsLoader.read(Optional.of(file), environment, Map.of("instance.name", "from-option"));

        assertThat(loaded.settings().instance()).hasToString("from-option");
        assertThat(loaded.settings().uidRanges()).isEqualTo(9);
        assertThat(loaded.explain("instance.name").place()).isEqualTo("override");
        assertThat(loaded.explain("partitions.uid_ranges").place())
                .isEqualTo("variable BULKHEAD_PARTITIONS_UID_RANGES");
        assertThat(loaded.explain("instance.state_dir").place()).isEqualTo(file + ":3");
        assertThat(loaded.explain("host.cpus"))
                .isEqualTo(new Explanation(SettingKey.HOST_CPUS, "auto", Explanation.Source.DEFAULT, "default"));
        assertThat(loaded.explainAll()).hasSameSizeAs(SettingKey.ALL);
    }

    @Test
    void explainsAKeyForPeople() {
        LoadedSettings loaded = SettingsLoader.read(Optional.empty(), Map.of(), Map.of("partitions.uid_ranges", "7"));

        assertThat(loaded.explain("partitions.uid_ranges")).hasToString("""
            partitions.uid_ranges = 7
              from:    override (default: 256)
              allowed: a whole number from 1 to 65534, so that all ranges end below uid 4294901760
              How many ranges of 65,536 uids there are above uid_base: the highest number of partitions.\
            """);
        assertThatThrownBy(() -> loaded.explain("partitions.uid_range"))
                .hasMessageContaining("did you mean partitions.uid_ranges?");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path latin =
                Files.write(directory.resolve("latin.conf"), "[instance]\n# é\n".getBytes(StandardCharsets.ISO_8859_1));
        Path large = Files.write(directory.resolve("large.conf"), new byte[(1 << 20) + 1]);

        assertThat(refused(directory.resolve("none.conf"), Map.of())).hasMessageContaining("there is no such file");
        assertThat(refused(latin, Map.of())).hasMessageContaining("is not UTF-8 text");
        assertThat(refused(large, Map.of())).hasMessageContaining("is larger than 1MiB");
        assertThat(refused(directory, Map.of())).hasMessageContaining("cannot be read");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("bulkhead.conf"), text);
    }

    private static SettingsException refused(Path file, Map<String, String> overrides) {
        return catchThrowableOfType(SettingsException.class, () -> SettingsLoader.load(file, overrides));
    }

    private static SettingsException refusedDefaults(Map<String, String> overrides) {
        return catchThrowableOfType(SettingsException.class, () -> SettingsLoader.defaults(overrides));
    }
}
