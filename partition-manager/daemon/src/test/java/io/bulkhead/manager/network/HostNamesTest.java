package io.bulkhead.manager.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.manager.start.HostsBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostNamesTest {
    @TempDir
    private Path directory;

    @Test
    void keepsABlockPerInstanceAndEveryOtherLine() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost");
        Files.setPosixFilePermissions(hosts, PosixFilePermissions.fromString("rw-rw-r--"));
        HostNames one = new HostNames(new InstanceName("one"), directory.resolve("one"), Optional.of(hosts));
        HostNames other = new HostNames(new InstanceName("other"), directory.resolve("other"), Optional.of(hosts));

        one.write(List.of(
                RuleSetTest.port("web", "10.77.0.3", List.of()), RuleSetTest.port("db", "10.77.0.2", List.of())));
        other.write(List.of(RuleSetTest.port("x", "10.78.0.2", List.of())));
        Files.writeString(hosts, Files.readString(hosts) + "192.0.2.1 later\n");
        one.write(List.of(RuleSetTest.port("db", "10.77.0.2", List.of())));

        assertThat(Files.readString(hosts)).isEqualTo("""
                        127.0.0.1 localhost
                        # bulkhead/other: its partitions, up to the next mark; kept by Bulkhead
                        10.78.0.2 x
                        # bulkhead/other: end
                        192.0.2.1 later
                        # bulkhead/one: its partitions, up to the next mark; kept by Bulkhead
                        10.77.0.2 db
                        # bulkhead/one: end
                        """);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(hosts)))
                .isEqualTo("rw-rw-r--");
        one.remove();
        other.remove();
        assertThat(Files.readString(hosts)).isEqualTo("127.0.0.1 localhost\n192.0.2.1 later\n");
        assertThat(directory.resolve("one")).doesNotExist();
    }

    @Test
    void writesInsideOnlyBetweenTheMarks() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n10.0.0.1 mine");
        String block = HostsBlock.of(List.of("10.77.0.1 host", "10.77.0.2 db"));

        run(hosts, HostsBlock.of(List.of("10.77.0.9 old")));
        run(hosts, block);
        assertThat(Files.readString(hosts)).isEqualTo("127.0.0.1 localhost\n10.0.0.1 mine\n" + block);
        run(hosts, "");
        assertThat(Files.readString(hosts)).isEqualTo("127.0.0.1 localhost\n10.0.0.1 mine\n");

        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "untouched");
        Files.delete(hosts);
        Files.createSymbolicLink(hosts, elsewhere);
        run(hosts, block);
        assertThat(elsewhere).hasContent("untouched");
        assertThat(hosts).isSymbolicLink();
    }

    private static void run(Path hosts, String block) throws Exception {
        List<String> command = HostsBlock.command(block).stream()
                .map(word -> word.replace("'/etc/hosts'", "'" + hosts + "'"))
                .toList();
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
