package io.bulkhead.console.daemons;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRecordTest {
    @TempDir
    private Path directory;

    @Test
    void recognisesAProcessThatRunsByItsNumberAndStart() throws IOException {
        Path file = directory.resolve("manager.process");
        ProcessRecord own = ProcessRecord.of(ProcessHandle.current().pid());

        own.write(file);

        assertThat(ProcessRecord.readRunning(file)).contains(own);
    }

    @Test
    void takesAnotherProcessWithTheSameNumberForNone() throws IOException {
        Path file = directory.resolve("manager.process");
        ProcessRecord own = ProcessRecord.of(ProcessHandle.current().pid());

        new ProcessRecord(own.pid(), own.startTicks() - 1).write(file);

        assertThat(ProcessRecord.readRunning(file)).isEmpty();
    }

    @Test
    void takesAProcessOfAnEarlierBootForNone() throws IOException {
        Path file = directory.resolve("manager.process");
        ProcessRecord own = ProcessRecord.of(ProcessHandle.current().pid());

        Files.writeString(file, own.pid() + " " + own.startTicks() + " 00000000-0000-0000-0000-000000000000\n");

        assertThat(ProcessRecord.readRunning(file)).isEmpty();
    }

    @Test
    void takesAFileThatIsNotThereOrDamagedForNone() throws IOException {
        Path damaged = Files.writeString(directory.resolve("damaged"), "12");

        assertThat(ProcessRecord.readRunning(directory.resolve("none"))).isEmpty();
        assertThat(ProcessRecord.readRunning(damaged)).isEmpty();
    }

    @Test
    void readsTheStartBehindANameWithBracketsAndBlanks() {
        String fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";

        assertThat(ProcessRecord.startTicks("12 (a) b (c) " + fields)).contains(4711L);
        assertThat(ProcessRecord.startTicks("12 (dead) Z" + fields.substring(1)))
                .isEmpty();
    }

    @Test
    void findsTheControlPlanesUserByNameOrNumberAndTakesAnUnknownNumberAsItIs() {
        List<String> passwd = List.of("root:x:0:0::/root:/bin/sh", "bulkhead:x:995:994::/:/bin/false");

        assertThat(ControlPlaneUser.find("bulkhead", passwd)).contains(new ControlPlaneUser(995, 994));
        assertThat(ControlPlaneUser.find("995", passwd)).contains(new ControlPlaneUser(995, 994));
        assertThat(ControlPlaneUser.find("777", passwd)).contains(new ControlPlaneUser(777, 777));
        assertThat(ControlPlaneUser.find("nobody", passwd)).isEmpty();
    }

    @Test
    void makesOnlyTheUserThatTheSettingsNameByThemselves() {
        assertThat(ControlPlaneUser.mayBeMade("bulkhead")).isTrue();
        assertThat(ControlPlaneUser.mayBeMade("somebody")).isFalse();
    }

    @Test
    void showsTheEndOfALogWithoutControlCharacters() throws IOException {
        Path log = Files.writeString(directory.resolve("log"), "one\ntwo\u001b[31m\nthree\n");

        assertThat(LogTail.of(log, 2)).containsExactly("two [31m", "three");
        assertThat(LogTail.of(directory.resolve("none"), 2))
                .singleElement()
                .asString()
                .contains("cannot be read");
    }
}
