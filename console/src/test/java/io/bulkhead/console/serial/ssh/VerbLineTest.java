package io.bulkhead.console.serial.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.console.protocol.Wish;
import io.bulkhead.contract.order.Refusal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerbLineTest {
    @Test
    void passesReadingVerbsOn() {
        assertThat(VerbLine.parse("logs db -n 20").words()).containsExactly("logs", "db", "-n", "20");
        assertThat(VerbLine.parse("logs db -n 20").console()).contains("db");
        assertThat(VerbLine.parse("").words()).containsExactly("help");
    }

    @Test
    void saysAsWhomAConsoleIsAttachedTo() {
        assertThat(VerbLine.parse("console db").console()).contains("db");
        assertThat(VerbLine.parse("console db").wish()).isEqualTo(Wish.WRITE);
        assertThat(VerbLine.parse("console --view db").wish()).isEqualTo(Wish.VIEW);
        assertThat(VerbLine.parse("console db --take-over").wish()).isEqualTo(Wish.TAKE_OVER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stop db",
                "list --config /etc/shadow",
                "--config /etc/shadow list",
                "list --override=instance.run_dir=/x",
                "show @/etc/shadow",
                "logs db --since --config",
                "logs db -n @/etc/shadow",
                "logs a b",
                "console",
                "console db --from 0",
                "logs --verify",
                "host inventory /tmp/x",
                "list -- x",
                "list\n stop",
                "exec db sh"
            })
    void refusesAllElse(String line) {
        assertThatThrownBy(() -> VerbLine.parse(line)).isInstanceOf(Refusal.class);
    }

    @Property
    void neverPassesOnAFileOrASetting(@ForAll String line) {
        VerbLine parsed;
        try {
            parsed = VerbLine.parse(line);
        } catch (Refusal e) {
            return;
        }
        assertThat(parsed.words())
                .noneMatch(
                        word -> word.startsWith("@") || word.startsWith("--config") || word.startsWith("--override"));
    }
}
