package io.bulkhead.manager.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionIdentityTest {

    private static final String ID = "0123456789abcdef0123456789abcdef";

    @Test
    void freshIdentitiesAreLockedAndNeverTheSame() {
        PartitionIdentity one = PartitionIdentity.fresh("web");
        PartitionIdentity other = PartitionIdentity.fresh("web");

        assertThat(one.machineId())
                .matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
                .isNotEqualTo(other.machineId());
        assertThat(one.rootPasswordHash()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-a",
                "a-",
                "a..b",
                "a b",
                "a\nb",
                "a:b",
                "ä",
                "a_b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void refusesHostnamesThatAreNone(String hostname) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PartitionIdentity(hostname, ID, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000000000000000000000000000000", "0123456789ABCDEF0123456789ABCDEF", "0123"})
    void refusesMachineIdsThatAreNone(String machineId) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PartitionIdentity("web", machineId, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
                "$5$MnfsQ4iN$ZMTppKN16y/tIsUYs/obHlhdP.Os80yXhTurpBMUbA5",
                "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
            })
    void acceptsWholeCryptHashes(String hash) {
        assertThat(PartitionIdentity.fresh("web").withRootPassword(hash).rootPasswordHash())
                .contains(hash);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "*",
                "$1$abcdefgh$0123456789012345678901",
                "$6$salt$tooshort",
                "$5$MnfsQ4iN$ZMTppKN16y/tIsUYs/obHlhdP.Os80yXhTurpBMUbA5:0:0",
                "$5$MnfsQ4iN$ZMTppKN16y/tIsUYs/obHlhdP.Os80yXhTurpBMUbA5\nx"
            })
    void refusesOtherPasswordsWithoutQuotingThem(String hash) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PartitionIdentity.fresh("web").withRootPassword(hash))
                .satisfies(e -> assertThat(hash.isEmpty()
                                || hash.equals("*")
                                || !e.getMessage().contains(hash))
                        .isTrue());
    }

    @Test
    void neverPrintsTheHash() {
        String hash = "$5$MnfsQ4iN$ZMTppKN16y/tIsUYs/obHlhdP.Os80yXhTurpBMUbA5";
        assertThat(PartitionIdentity.fresh("web").withRootPassword(hash).toString())
                .doesNotContain("$5$");
    }
}
