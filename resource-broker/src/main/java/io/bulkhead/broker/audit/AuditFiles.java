package io.bulkhead.broker.audit;

import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the audit trail: {@code audit.jsonl} is written, {@code audit.jsonl.1} is the one before, and so on. A file
 * that has grown too large becomes the next older one; the oldest goes. For one thread.
 */
final class AuditFiles {
    private static final String NAME = "audit.jsonl";
    private static final Pattern NUMBER =
            Pattern.compile("\\{\"sequence\":(\\d{1,18}),\"timeMillis\":(\\d{1,18}),.*\\}");

    private final Path directory;
    private final long fileBytes;
    private final int files;
    private OptionalLong last = OptionalLong.empty();

    /**
     * @param directory is made when there is something to write
     * @param fileBytes the largest file
     * @param files how many there are at most
     */
    AuditFiles(Path directory, long fileBytes, int files) {
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.files = files;
    }

    Path directory() {
        return directory;
    }

    private Path file(int age) {
        return directory.resolve(age == 0 ? NAME : NAME + "." + age);
    }

    /** Adds a line, which is made of its number. */
    void append(LongFunction<String> line) throws IOException {
        Files.createDirectories(directory);
        if (last.isEmpty()) {
            last = OptionalLong.of(lastNumber());
        }
        long number = last.getAsLong() + 1;
        byte[] bytes = (line.apply(number) + "\n").getBytes(StandardCharsets.UTF_8);
        long length = length(file(0));
        if (length > 0 && length + bytes.length > fileBytes) {
            rotate();
        }
        try (FileChannel channel = FileChannel.open(
                file(0),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            endCutLine(channel);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
        last = OptionalLong.of(number);
    }

    /** What a crash or a full disk cut gets an end, so that it spoils one line and not two. */
    private static void endCutLine(FileChannel channel) throws IOException {
        long end = channel.size();
        channel.position(end);
        ByteBuffer lastByte = ByteBuffer.allocate(1);
        if (end > 0 && channel.read(lastByte, end - 1) == 1 && lastByte.get(0) != '\n') {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    private void rotate() throws IOException {
        Files.deleteIfExists(file(files - 1));
        for (int age = files - 2; age >= 0; age--) {
            if (Files.exists(file(age))) {
                Files.move(file(age), file(age + 1), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static long length(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private long lastNumber() throws IOException {
        long highest = 0;
        for (int age = 0; age < files && highest == 0; age++) {
            if (Files.exists(file(age))) {
                try (BufferedReader lines = lines(file(age))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        Matcher match = NUMBER.matcher(line);
                        highest = match.matches() ? Math.max(highest, Long.parseLong(match.group(1))) : highest;
                    }
                }
            }
        }
        return highest;
    }

    /** The first entries behind a number that are not older than a time; lines that are not understood are left out. */
    AuditTrail.Page read(long after, long sinceMillis, int atMost) throws IOException {
        List<AuditEntry> entries = new ArrayList<>();
        for (int age = files - 1; age >= 0; age--) {
            if (!Files.exists(file(age))) {
                continue;
            }
            try (BufferedReader lines = lines(file(age))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher match = NUMBER.matcher(line);
                    if (!match.matches()
                            || Long.parseLong(match.group(1)) <= after
                            || Long.parseLong(match.group(2)) < sinceMillis) {
                        continue;
                    }
                    if (entries.size() == atMost) {
                        return new AuditTrail.Page(entries, true);
                    }
                    add(entries, line);
                }
            }
        }
        return new AuditTrail.Page(entries, false);
    }

    private static void add(List<AuditEntry> entries, String line) {
        try {
            entries.add(RecordCodec.decode(AuditEntry.class, JsonReader.read(line)));
        } catch (WireException e) {
            // Written by another version, or damaged: the file still has it for whoever looks there.
            return;
        }
    }

    /** Bytes that are no UTF-8 spoil their line, not the reading. */
    private static BufferedReader lines(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
    }
}
