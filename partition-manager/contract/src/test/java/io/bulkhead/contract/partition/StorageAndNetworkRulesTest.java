package io.bulkhead.contract.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StorageAndNetworkRulesTest {
    private static final ByteSize GIBIBYTE = ByteSize.ofMebibytes(1024);
    private static final Claim CLAIM = new Claim(CpuClaim.Whole.of(1), ByteSize.ofMebibytes(64), 64, IoSlice.UNLIMITED);

    @ParameterizedTest
    @CsvSource({
        "100Mbit/s, 100000000, 100Mbit/s",
        "1.5Gbit/s, 1500000000, 1500Mbit/s",
        "999 bit/s, 999, 999bit/s",
        "64kbit/s, 64000, 64kbit/s"
    })
    void readsAndWritesBitRates(String text, long bits, String written) {
        BitRate rate = BitRate.parse(text);

        assertThat(rate.bitsPerSecond()).isEqualTo(bits);
        assertThat(rate).hasToString(written);
        assertThat(BitRate.parse(written)).isEqualTo(rate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "100MB/s", "0Mbit/s", "-1bit/s", "0.5bit/s", "fast", "99999999999999Tbit/s", ""})
    void refusesWhatIsNoBitRate(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> BitRate.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/srv/data", "/var/lib/postgresql", "/home/joe", "/data", "/mnt/a.b_c"})
    void takesPlacesInsideAPartition(String path) {
        assertThat(InsidePath.parse(path)).hasToString(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "",
                "srv",
                "/srv/",
                "/srv//a",
                "/srv/../etc",
                "/srv/./a",
                "/etc",
                "/etc/ssh",
                "/usr/local",
                "/proc/1",
                "/dev/shm",
                "/var",
                "/var/lib/dpkg",
                "/home",
                "/srv/a b",
                "/run/x"
            })
    void refusesPlacesThatAreTheSystems(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> InsidePath.parse(path));
    }

    @Test
    void addsUpWhatIsReserved() {
        StorageSlice storage = new StorageSlice(
                Optional.of(GIBIBYTE),
                List.of(volume("data", "/srv/data"), volume("logs", "/srv/logs")),
                List.of("sdb"));

        assertThat(storage.bytes()).isEqualTo(ByteSize.ofMebibytes(3072));
    }

    @Test
    void refusesVolumesThatMeet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storage(volume("a", "/srv"), volume("b", "/srv/b")))
                .withMessageContaining("one place is in the other");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> storage(volume("a", "/srv/a"), volume("a", "/srv/b")))
                .withMessageContaining("two volumes 'a'");
        assertThat(storage(volume("a", "/srv/a"), volume("b", "/srv/ab")).volumes())
                .hasSize(2);
    }

    @Test
    void refusesSizesThatNoFileSystemHas() {
        assertThatIllegalArgumentException().isThrownBy(() -> StorageSlice.of(ByteSize.ofMebibytes(15)));
        assertThatIllegalArgumentException().isThrownBy(() -> StorageSlice.of(new ByteSize((16L << 20) + 4096)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StorageSlice(Optional.empty(), List.of(), List.of()))
                .withMessageContaining("storage is");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StorageSlice(Optional.empty(), List.of(), List.of("/dev/sdb")))
                .withMessageContaining("not the name of a disk");
    }

    @Test
    void refusesRatesOfAWholeInterface() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new NetworkSlice(Limit.of(BitRate.parse("1Gbit/s")), Limit.unlimited(), Optional.of("eth1")))
                .withMessageContaining("no rates");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0.9", "0.0.0.0", "255.255.255.255"})
    void readsAndWritesAddresses(String text) {
        assertThat(Ipv4Address.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.77.0", "10.77.0.256", "010.1.1.1", "::1", "10.77.0.9/24", ""})
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Ipv4Address.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"8080:80, 8080:80", "53:53/udp, 53:53/udp", "8080:80/tcp, 8080:80"})
    void readsAndWritesPublishedPorts(String text, String written) {
        assertThat(PublishedPort.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "0:80", "80:65536", "80:80/sctp", "a:b"})
    void refusesWhatPublishesNothing(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PublishedPort.parse(text));
    }

    @Test
    void refusesPortsOfAPartitionThatIsNotOnTheBridge() {
        NetworkAccess access = new NetworkAccess(Optional.empty(), List.of(), List.of(PublishedPort.parse("8080:80")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(CLAIM).with(Optional.of(access), List.of(), Optional.empty()))
                .withMessageContaining("on the bridge");
        assertThat(spec(CLAIM.withNetwork(NetworkSlice.UNLIMITED))
                        .with(Optional.of(access), List.of(), Optional.empty())
                        .access())
                .contains(access);
    }

    @Test
    void refusesAShareOnAVolume() {
        Claim claim = CLAIM.withStorage(storage(volume("data", "/srv/data")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(claim)
                        .with(
                                Optional.empty(),
                                List.of(new Share("/srv/x", new InsidePath("/srv/data/x"), false)),
                                Optional.empty()))
                .withMessageContaining("something is on /srv/data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"srv", "/", "/srv/", "/srv/../etc", "/srv//a"})
    void refusesSharesThatAreNoPlainPath(String source) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Share(source, new InsidePath("/srv/a"), false));
    }

    @Test
    void refusesACallThatIsDeniedAndAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Hardening(List.of("ptrace"), List.of("ptrace"), List.of(), Optional.empty()))
                .withMessageContaining("both denied and allowed");
    }

    private static PartitionSpec spec(Claim claim) {
        return new PartitionSpec(
                new PartitionName("db"), claim, new Init.Shell(), false, false, 10_000, Optional.empty());
    }

    private static StorageSlice storage(Volume... volumes) {
        return new StorageSlice(Optional.empty(), List.of(volumes), List.of());
    }

    private static Volume volume(String name, String at) {
        return new Volume(new PartitionName(name), GIBIBYTE, new InsidePath(at));
    }
}
