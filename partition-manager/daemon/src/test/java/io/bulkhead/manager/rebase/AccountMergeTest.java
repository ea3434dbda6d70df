package io.bulkhead.manager.rebase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccountMergeTest {
    private static final String BASE = "root:x:0:0\ndaemon:x:1:1\nold:x:99:99\n";

    private static AccountMerge passwd(String own, String fresh) {
        return AccountMerge.of("etc/passwd", BASE, own, fresh);
    }

    @Test
    void takesWhatEitherSideAddedChangedOrRemoved() {
        AccountMerge merge = passwd(
                "root:x:0:0:mine\ndaemon:x:1:1\nold:x:99:99\nme:x:1000:1000\n",
                "root:x:0:0\ndaemon:x:1:1:theirs\napp:x:101:101\n");

        assertThat(merge.conflicts()).isEmpty();
        assertThat(merge.text()).isEqualTo("root:x:0:0:mine\ndaemon:x:1:1:theirs\nme:x:1000:1000\napp:x:101:101\n");
    }

    @Test
    void anAccountThatBothChangedIsAConflict() {
        assertThat(passwd("root:x:0:0:a\ndaemon:x:1:1\nold:x:99:99\n", "root:x:0:0:b\ndaemon:x:1:1\nold:x:99:99\n")
                        .conflicts())
                .containsExactly("account root changed on both sides");
    }

    @Test
    void aNumberThatBothGaveAwayIsAConflict() {
        assertThat(passwd(BASE + "mine:x:101:1\n", BASE + "theirs:x:101:1\n").conflicts())
                .containsExactly("number 101 belongs to mine and theirs");
        assertThat(AccountMerge.of("etc/shadow", "root:*:\n", "root:*:\na:*:x\n", "root:*:\nb:*:x\n")
                        .conflicts())
                .isEmpty();
    }

    @Test
    void aPasswordThatThePartitionSetStays() {
        assertThat(AccountMerge.of("etc/shadow", "root:*:::\n", "root:$y$x:::\n", "root:*:::\napp:!:::\n")
                        .text())
                .isEqualTo("root:$y$x:::\napp:!:::\n");
    }
}
