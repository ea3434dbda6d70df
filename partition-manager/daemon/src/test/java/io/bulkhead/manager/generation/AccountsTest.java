package io.bulkhead.manager.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AccountsTest {

    private static final String PASSWD = """
      root:x:0:0:Ada Lovelace,,,:/root:/bin/bash
      toor:x:0:0:second root:/root:/bin/bash
      daemon:$6$inline$hash:1:1:daemon:/usr/sbin:/usr/sbin/nologin
      ada:x:1000:1000:Ada:/home/ada:/bin/bash
      svc:x:998:1000::/:/bin/false
      nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
      big:x:70000:70000::/:/bin/sh
      +@netgroup::::::
      broken:x:5
      """;

    private static final String GROUP = """
      root:x:0:
      daemon:x:1:
      sudo:x:27:ada,daemon
      shadow:x:42:
      ada:x:1000:
      nogroup:x:65534:
      """;

    private final Accounts accounts = Accounts.from(PASSWD, GROUP);

    @Test
    void keepsSystemAccountsAndNobodyOnly() {
        assertThat(accounts.passwd()).isEqualTo("""
        root:x:0:0:root:/root:/bin/bash
        daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
        svc:x:998:65534::/:/bin/false
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
        """);
    }

    @Test
    void takesHumanUsersOutOfGroups() {
        assertThat(accounts.group())
                .isEqualTo("root:x:0:\ndaemon:x:1:\nsudo:x:27:daemon\nshadow:x:42:\nnogroup:x:65534:\n");
    }

    @Test
    void locksEveryAccountAndGroup() {
        assertThat(accounts.shadow()).isEqualTo("root:*:::::::\ndaemon:*:::::::\nsvc:*:::::::\nnobody:*:::::::\n");
        assertThat(accounts.gshadow().lines()).allMatch(line -> line.matches("[a-z]+:\\*::[a-z,]*"));
        assertThat(accounts.shadowGid()).isEqualTo(42);
    }

    @Test
    void givesRootAPasswordAndNobodyElse() {
        assertThat(Accounts.withRootPassword(accounts.shadow(), "$5$s$h"))
                .isEqualTo("root:$5$s$h:::::::\ndaemon:*:::::::\nsvc:*:::::::\nnobody:*:::::::\n");
    }

    @Property(tries = 300)
    void noPasswordFieldAndNoForeignIdEverPasses(@ForAll("passwdLines") List<String> lines) {
        Accounts made = Accounts.from(String.join("\n", lines), "root:x:0:\n");

        assertThat(made.passwd() + made.shadow()).doesNotContain("CANARY");
        assertThat(made.passwd().lines()).allSatisfy(line -> {
            String[] fields = line.split(":", -1);
            assertThat(fields).hasSize(7);
            assertThat(GenerationRules.isForeign(Integer.parseInt(fields[2]))).isFalse();
        });
        assertThat(made.shadow().lines().count())
                .isEqualTo(made.passwd().lines().count());
    }

    @Provide
    Arbitrary<List<String>> passwdLines() {
        Arbitrary<String> name = Arbitraries.strings()
                .withCharRange('a', 'e')
                .withChars("+-._$ ")
                .ofMaxLength(4);
        Arbitrary<Integer> id = Arbitraries.integers().between(-2, 200_000);
        Arbitrary<String> line = Combinators.combine(name, id, id)
                .as((user, uid, gid) -> user + ":$6$CANARY:" + uid + ":" + gid + "::/:/bin/sh");
        return line.list().ofMaxSize(20);
    }
}
