package io.bulkhead.manager.init;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.Init.Restart;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.sys.ProcessEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitProgramTest {
    private static final PartitionName WEB = new PartitionName("web");

    @Test
    void asksForANameUnlessLoginIsAutomatic() {
        assertThat(script(new Init.Shell(), false)).contains("login: ").contains("exec login -- ").doesNotContain("login -f");
        assertThat(script(new Init.Shell(), true)).contains("exec login -f root").doesNotContain("login: ");
    }

    @Test
    void supervisesNothingWithoutAService() {
        assertThat(script(new Init.Shell(), false)).doesNotContain("supervise");
    }

    @ParameterizedTest
    @EnumSource(Restart.class)
    void isAScriptThatTheShellUnderstands(Restart restart) throws Exception {
        for (boolean automatic : new boolean[] {true, false}) {
            for (Init init : List.of(
                    new Init.Shell(),
                    new Init.Systemd(List.of("cron.service")),
                    new Init.Service(List.of("/bin/echo", "it's", "\"", "$(reboot)", "a b"), restart))) {
                assertThat(shell("-n", script(init, automatic))).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "it's", "''", "$(false) `false`", "a\nb", "\\", "-n", "*", "ü €"})
    void quotesSoThatTheShellGivesTheSameWordBack(String word) throws Exception {
        assertThat(shell("-s", "printf '%s' " + ShellText.quote(word))).isEqualTo(word);
    }

    @Test
    void keepsAServicesWordsApart() {
        // When
        String script = script(new Init.Service(List.of("/bin/echo", "a b", "it's"), Restart.ALWAYS), false);

        // Then
        assertThat(script).contains("supervise '/bin/echo' 'a b' 'it'\\''s'; }");
    }

    @Test
    void masksUnitsOfTheHostAndOfTheDefinitionOutsideEtc() {
        // When
        InitProgram program = InitProgram.of(new Init.Systemd(List.of("cron.service")), WEB, false);

        // Then
        assertThat(program.links())
                .containsEntry("/run/systemd/system.control/cron.service", "/dev/null")
                .containsEntry("/run/systemd/system.control/systemd-udevd.service", "/dev/null")
                .containsEntry("/run/systemd/system.control/sys-kernel-debug.mount", "/dev/null")
                .doesNotContainKey("/run/systemd/system.control/console-getty.service");
        assertThat(program.links().keySet()).allMatch(path -> path.startsWith("/run/"));
        assertThat(program.files().keySet()).allMatch(path -> path.startsWith("/run/"));
        assertThat(SystemdInit.builtInMasks()).doesNotHaveDuplicates();
    }

    @Test
    void logsInOnSystemdsConsoleOnlyWhenAsked() {
        String dropIn = "/run/systemd/system.control/console-getty.service.d/bulkhead.conf";
        assertThat(InitProgram.of(new Init.Systemd(List.of()), WEB, true).files().get(dropIn))
                .contains("--autologin root");
        assertThat(InitProgram.of(new Init.Systemd(List.of()), WEB, false).files()).doesNotContainKey(dropIn);
    }

    @Test
    void stopsEachInitInItsOwnWay() {
        assertThat(InitProgram.of(new Init.Shell(), WEB, false).stopSignal()).isEqualTo(15);
        assertThat(InitProgram.of(new Init.Systemd(List.of()), WEB, false).stopSignal()).isEqualTo(38);
    }

    @Test
    void readsTheEndOfProcess1() {
        Init shell = new Init.Shell();
        Init systemd = new Init.Systemd(List.of());
        assertThat(Departure.of(shell, new ProcessEnd.Exited(0))).isEqualTo(Departure.HALTED);
        assertThat(Departure.of(shell, new ProcessEnd.Exited(2))).isEqualTo(Departure.FAILED);
        assertThat(Departure.of(systemd, new ProcessEnd.Killed(2, false))).isEqualTo(Departure.HALTED);
        assertThat(Departure.of(systemd, new ProcessEnd.Killed(1, false))).isEqualTo(Departure.REBOOT);
        assertThat(Departure.of(systemd, new ProcessEnd.Killed(9, false))).isEqualTo(Departure.FAILED);
        assertThat(Departure.of(systemd, new ProcessEnd.Exited(0))).isEqualTo(Departure.FAILED);
        assertThat(Departure.of(shell, new ProcessEnd.Unknown())).isEqualTo(Departure.FAILED);
    }

    @Test
    void believesTheWitnessWhoCanKnow() {
        ProcessEnd killed = new ProcessEnd.Killed(9, false);
        ProcessEnd halted = new ProcessEnd.Killed(2, false);
        assertThat(Departure.endOfProcess1(new ProcessEnd.Exited(0), halted)).isEqualTo(halted);
        assertThat(Departure.endOfProcess1(killed, new ProcessEnd.Exited(1))).isEqualTo(killed);
        assertThat(Departure.endOfProcess1(new ProcessEnd.Exited(3), new ProcessEnd.Exited(3)))
                .isEqualTo(new ProcessEnd.Exited(3));
        assertThat(Departure.endOfProcess1(new ProcessEnd.Unknown(), new ProcessEnd.Exited(0)))
                .isEqualTo(new ProcessEnd.Exited(0));
    }

    private static String script(Init init, boolean automaticLogin) {
        return InitProgram.of(init, WEB, automaticLogin).files().get(InitProgram.SCRIPT);
    }

    private static String shell(String option, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/bin/sh", option).redirectErrorStream(true).start();
        process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
