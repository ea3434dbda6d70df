package io.bulkhead.manager.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.manager.record.RecordStore.Loaded;
import io.bulkhead.manager.record.RunRecord.Phase;
import io.bulkhead.manager.record.RunRecord.Processes;
import io.bulkhead.manager.start.RunningPartition.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
    private static final PartitionName DB = new PartitionName("db");

    @TempDir
    Path directory;

    @Test
    void givesBackWhatWasSaved() {
        // Given
        PartitionRecord partition =
                record("the first").withEnding(Optional.of(new PartitionRecord.Ending(true, "ü \"x\"", 5)));
        RunRecord run = new RunRecord(
                "boot", Phase.RUNNING, Optional.of(new Processes(new ProcessId(7, 70), new ProcessId(8, 80))), 9);
        new RecordStore(directory).save(partition);
        new RecordStore(directory).saveRun(DB, run);

        // When
        Loaded loaded = new RecordStore(directory).load();

        // Then
        assertThat(loaded.partitions()).containsExactly(java.util.Map.entry(DB, partition));
        assertThat(loaded.runs()).containsExactly(java.util.Map.entry(DB, run));
        assertThat(loaded.damaged()).isEmpty();
    }

    @Test
    void forgetsARemovedPartitionWithItsRun() {
        RecordStore store = new RecordStore(directory);
        store.save(record("x"));
        store.saveRun(DB, new RunRecord("boot", Phase.HALF_MADE, Optional.empty(), 1));

        store.remove(DB);
        store.remove(DB);

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void forgetsTheConsoleOfNobody() {
        RecordStore store = new RecordStore(directory);
        store.save(record("x"));
        ConsoleRecord console = new ConsoleRecord("00112233aabbccdd", 1L << 40);
        store.saveConsole(DB, console, true);
        store.saveConsole(new PartitionName("gone"), console, false);

        Loaded loaded = store.load();

        assertThat(loaded.partitions()).hasSize(1);
        assertThat(loaded.damaged()).isEmpty();
        assertThat(store.loadConsole(DB)).contains(console);
        assertThat(store.loadConsole(new PartitionName("gone"))).isEmpty();
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("db.json", "db.console.json");
        store.remove(DB);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDamagedConsoleIsNone() throws IOException {
        RecordStore store = new RecordStore(directory);
        Files.writeString(directory.resolve("db.console.json"), "{");

        assertThat(store.loadConsole(DB)).isEmpty();
    }

    /** Dies before each single step in turn: what is loaded is the old record or the new one, and never damaged. */
    @Test
    void killedAtAnyInstantLeavesTheOldOrTheNewRecord() throws IOException {
        PartitionRecord before = record("old");
        PartitionRecord after = record("new");
        int deaths = 0;
        boolean died = true;
        while (died) {
            new RecordStore(directory).save(before);
            died = diesAtStep(deaths, store -> store.save(after));

            Loaded loaded = new RecordStore(directory).load();

            assertThat(loaded.damaged()).isEmpty();
            assertThat(loaded.partitions().get(DB)).isIn(died ? List.of(before, after) : List.of(after));
            assertThat(directory.toFile().list()).hasSize(1);
            deaths++;
        }
        assertThat(deaths).isGreaterThan(4);
    }

    @Test
    void killedWhileARunIsSavedLosesNoPartition() {
        boolean died = true;
        for (int k = 0; died; k++) {
            new RecordStore(directory).save(record("x"));
            died = diesAtStep(k, store -> store.saveRun(DB, new RunRecord("b", Phase.RUNNING, Optional.empty(), 1)));

            assertThat(new RecordStore(directory).load().partitions()).containsKey(DB);
        }
    }

    private interface Work {
        void on(RecordStore store);
    }

    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    private boolean diesAtStep(int step, Work work) {
        int[] left = {step};
        RecordStore mortal = FaultyRecords.at(directory, name -> {
            if (left[0]-- == 0) {
                throw new Death();
            }
        });
        try {
            work.on(mortal);
            return false;
        } catch (Death e) {
            return true;
        }
    }

    @Test
    void setsADamagedRecordAsideAndLoadsTheOthers() throws IOException {
        // Given
        RecordStore store = new RecordStore(directory);
        store.save(record("x"));
        Files.writeString(directory.resolve("web.json"), "{\"format\": 1, \"checks");

        // When
        Loaded loaded = store.load();

        // Then
        assertThat(loaded.partitions()).containsOnlyKeys(DB);
        assertThat(loaded.damaged()).hasSize(1);
        assertThat(loaded.damaged().get(0).partition()).contains(new PartitionName("web"));
        assertThat(loaded.damaged().get(0).keptAs()).hasContent("{\"format\": 1, \"checks");
        assertThat(store.load().damaged()).isEmpty();
    }

    @Test
    void noticesAnEditByHand() throws IOException {
        RecordStore store = new RecordStore(directory);
        store.save(record("original"));
        Path file = directory.resolve("db.json");
        Files.writeString(file, Files.readString(file).replace("original", "forged"));

        Loaded loaded = store.load();

        assertThat(loaded.partitions()).isEmpty();
        assertThat(loaded.damaged().get(0).reason()).contains("checksum");
    }

    @Test
    void setsARecordOfAnUnknownFormatAside() throws IOException {
        RecordStore store = new RecordStore(directory);
        store.save(record("x"));
        Path file = directory.resolve("db.json");
        Files.writeString(file, Files.readString(file).replace("\"format\": 1", "\"format\": 2"));

        assertThat(store.load().damaged().get(0).reason()).contains("format 2");
    }

    @Test
    void setsARecordUnderAnotherNameAside() throws IOException {
        RecordStore store = new RecordStore(directory);
        store.save(record("x"));
        Files.move(directory.resolve("db.json"), directory.resolve("web.json"));

        assertThat(store.load().damaged().get(0).reason()).contains("'db'");
    }

    @Test
    void takesADamagedRunForAStartThatCameNoFurther() throws IOException {
        RecordStore store = new RecordStore(directory);
        store.save(record("x"));
        Files.writeString(directory.resolve("db.run.json"), "");

        Loaded loaded = store.load();

        assertThat(loaded.runs().get(DB).phase()).isEqualTo(Phase.HALF_MADE);
        assertThat(loaded.runs().get(DB).processes()).isEmpty();
    }

    @Test
    void saysWhichFileCouldNotBeWritten() {
        RecordStore full = FaultyRecords.at(directory, name -> {
            if (name.startsWith("write ")) {
                throw new IOException("No space left on device");
            }
        });

        assertThatThrownBy(() -> full.save(record("x")))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining("db.json")
                .hasMessageContaining("No space left");
    }

    private static PartitionRecord record(String description) {
        ByteSize memory = ByteSize.ofMebibytes(64);
        Claim claim = new Claim(CpuClaim.Whole.of(1), memory, 64, IoSlice.UNLIMITED);
        PartitionSpec spec =
                new PartitionSpec(DB, claim, new Init.Shell(), false, false, 10_000, Optional.of(description));
        Slice slice = new Slice(new CpuSlice.Whole(CpuSet.of(1)), NodeSet.of(0), memory, 64, IoSlice.UNLIMITED);
        return new PartitionRecord(spec, Optional.of(slice), new UidRange(65_536), "g-1", true, Optional.empty());
    }
}
