package io.bulkhead.broker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.broker.access.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTrailTest {
    @TempDir
    Path directory;

    private AuditTrail open(long fileBytes) {
        return new AuditTrail(new AuditFiles(directory.resolve("audit"), fileBytes, 3), () -> 5_000);
    }

    private static AuditEntry entry(String verb) {
        return new AuditEntry(
                0,
                0,
                "root",
                Caller.Transport.UNIX,
                "group root",
                verb,
                Optional.of("db"),
                AuditEntry.Outcome.DONE,
                Optional.empty(),
                Optional.empty());
    }

    private static AuditTrail.Page read(AuditTrail trail, long after, int atMost) throws Exception {
        return trail.read(after, 0, atMost).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static List<Long> numbers(AuditTrail.Page page) {
        return page.entries().stream().map(AuditEntry::sequence).toList();
    }

    @Test
    void numbersEntriesAcrossRestarts() throws Exception {
        try (AuditTrail trail = open(10_000)) {
            trail.append(entry("start"));
            trail.append(entry("stop"));
        }
        try (AuditTrail trail = open(10_000)) {
            trail.append(entry("start"));

            AuditTrail.Page page = read(trail, 0, 10);
            assertThat(numbers(page)).containsExactly(1L, 2L, 3L);
            assertThat(page.entries().get(1)).isEqualTo(entry("stop").at(2, 5_000));
            assertThat(page.more()).isFalse();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("audit/audit.jsonl"))))
                .isEqualTo("rw-------");
    }

    @Test
    void givesPages() throws Exception {
        try (AuditTrail trail = open(10_000)) {
            for (int i = 0; i < 5; i++) {
                trail.append(entry("start"));
            }

            assertThat(numbers(read(trail, 0, 2))).containsExactly(1L, 2L);
            assertThat(read(trail, 2, 2).more()).isTrue();
            assertThat(numbers(read(trail, 4, 2))).containsExactly(5L);
            assertThat(read(trail, 3, 2).more()).isFalse();
            assertThat(trail.read(0, 5_001, 10).toCompletableFuture().get().entries())
                    .isEmpty();
        }
    }

    @Test
    void keepsSoManyFilesOfSuchASizeAndTheNewestEntries() throws Exception {
        try (AuditTrail trail = open(1_000)) {
            for (int i = 0; i < 60; i++) {
                trail.append(entry("start"));
            }
            List<Long> numbers = numbers(read(trail, 0, 100));

            assertThat(numbers).hasSizeBetween(10, 25).endsWith(59L, 60L).isSorted();
        }
        try (Stream<Path> files = Files.list(directory.resolve("audit"))) {
            assertThat(files).hasSize(3).allSatisfy(file -> assertThat(Files.size(file))
                    .isLessThanOrEqualTo(1_000));
        }
    }

    @Test
    void losesOneLineAtMostToACrash() throws Exception {
        try (AuditTrail trail = open(10_000)) {
            trail.append(entry("start"));
        }
        Files.writeString(
                directory.resolve("audit/audit.jsonl"), "{\"sequence\":2,\"timeMil", StandardOpenOption.APPEND);
        try (AuditTrail trail = open(10_000)) {
            trail.append(entry("stop"));

            assertThat(numbers(read(trail, 0, 10))).containsExactly(1L, 2L);
        }
    }

    @Test
    void tellsThatItCannotBeWrittenAndThatItCanAgain() throws IOException, InterruptedException {
        Path inTheWay = Files.writeString(directory.resolve("audit"), "");
        AuditTrail trail = open(10_000);
        try (trail) {
            trail.append(entry("start"));
        }
        assertThat(trail.trouble()).isPresent();
        assertThat(trail.lost()).isEqualTo(1);

        Files.delete(inTheWay);
        AuditTrail again = open(10_000);
        try (again) {
            again.append(entry("start"));
        }
        assertThat(again.trouble()).isEmpty();
    }
}
