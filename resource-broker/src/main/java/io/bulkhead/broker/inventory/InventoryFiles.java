package io.bulkhead.broker.inventory;

import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.JsonWriter;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Reads inventory files strictly, and writes them whole or not at all.
 *
 * <p>Needs neither a control plane nor a kernel of this machine's kind. Every failure is a {@link Refusal} that names the
 * file, the member in it where there is one, and the remedy.
 */
public final class InventoryFiles {
    /** More than thirty times what 1,024 CPUs and 500 partitions need. */
    private static final long MOST_BYTES = 64L << 20;

    private static final String EXPORT = "write it anew with 'bulkhead host export' on the machine that it is of";

    private InventoryFiles() {}

    /** Reads a file that {@code bulkhead host export} wrote; a {@link Refusal} where it is no such file. */
    public static InventoryFile read(Path file) {
        byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                throw refused(file.toString(), "is a directory", "name the file in it");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw refused(file.toString(), "is larger than 64 MiB, no inventory is", EXPORT);
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw refused(file.toString(), "there is no such file", "'bulkhead host export FILE' writes one", e);
        } catch (IOException e) {
            throw refused(file.toString(), "cannot be read: " + e.getMessage(), "make it readable for this user", e);
        }
        return read(file.toString(), bytes);
    }

    /**
     * Reads the bytes of such a file.
     *
     * @param source what to call it in messages
     */
    public static InventoryFile read(String source, byte[] utf8) {
        Json json;
        try {
            json = JsonReader.read(utf8);
        } catch (WireException e) {
            String message = String.valueOf(e.getMessage());
            throw refused(source, message, (cutOff(utf8, message) ? "the file is cut off; " : "") + EXPORT, e);
        }
        checkVersion(source, json);
        InventoryFile file;
        try {
            file = RecordCodec.decode(InventoryFile.class, json);
        } catch (WireException e) {
            throw refused(source, String.valueOf(e.getMessage()), EXPORT, e);
        }
        InventoryRules.firstContradiction(file).ifPresent(contradiction -> {
            throw refused(source, contradiction, EXPORT);
        });
        return file;
    }

    /** Whether what was not understood is the end, or there is no end as an object has it. */
    private static boolean cutOff(byte[] utf8, String message) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        return message.contains(" at character " + text.length() + ":")
                || !text.stripTrailing().endsWith("}");
    }

    /** Before anything else: what a newer version has otherwise is none of the sender's faults. */
    private static void checkVersion(String source, Json json) {
        if (!(json instanceof Json.Obj object)) {
            throw refused(source, "must be an object, it is " + json.kind(), EXPORT);
        }
        Json version = object.members().get("version");
        if (version == null) {
            List<String> known = Arrays.stream(InventoryFile.class.getRecordComponents())
                    .map(component -> component.getName())
                    .toList();
            throw refused(
                    source,
                    "version is missing"
                            + object.members().keySet().stream()
                                    .filter(name -> !known.contains(name))
                                    .findFirst()
                                    .map(name -> ", '" + name + "' is not known" + NearestWord.hint(name, known))
                                    .orElse("")
                            + "; this is no inventory file",
                    EXPORT);
        }
        if (!(version instanceof Json.Whole number)) {
            throw refused(source, "version must be a whole number, it is " + version.kind(), EXPORT);
        }
        if (number.value() > InventoryFile.VERSION) {
            throw refused(
                    source,
                    "version is " + number.value() + ", this program knows up to " + InventoryFile.VERSION,
                    "use a 'bulkhead' that is at least as new as the one that wrote the file");
        }
        if (number.value() < 1) {
            throw refused(source, "version is " + number.value() + ", the first one was 1", EXPORT);
        }
    }

    /** What such a file has in it: indented JSON with a newline at the end. */
    public static String text(Json body) {
        return JsonWriter.writePretty(body) + "\n";
    }

    /**
     * Writes a file whole or not at all: nobody ever sees a part of it, and where it fails nothing is left behind.
     *
     * @param text all of its content
     * @param replace whether a file of that name may be replaced; without it, one that is there is a CONFLICT
     */
    public static void write(Path file, String text, boolean replace) {
        Path name = file.getFileName();
        if (name == null || Files.isDirectory(file)) {
            throw refused(file.toString(), "is a directory", "name a file in it");
        }
        Path draft = file.resolveSibling("." + name + "." + UUID.randomUUID() + ".draft");
        try {
            try {
                writeDraft(draft, text);
                if (replace) {
                    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
                } else {
                    moveWithoutReplacing(draft, file);
                }
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (FileAlreadyExistsException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.CONFLICT,
                            file + ": is there already",
                            "give another name, or replace it with --force"),
                    e);
        } catch (NoSuchFileException e) {
            throw refused(file.toString(), "there is no such directory", "make the directory first", e);
        } catch (IOException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            file + ": cannot be written: " + e.getMessage(),
                            "give the name of a file that this user may write"),
                    e);
        }
    }

    private static void writeDraft(Path draft, String text) throws IOException {
        // A name that nobody can foresee, and never the target of a link that somebody has laid.
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** link(2) refuses a name that is taken, rename(2) does not; some file systems know no links. */
    private static void moveWithoutReplacing(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            if (Files.exists(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static Refusal refused(String source, String what, String remedy) {
        return Refusal.of(ProblemCode.INVALID_REQUEST, source + ": " + what, remedy);
    }

    private static Refusal refused(String source, String what, String remedy, Throwable cause) {
        return new Refusal(Problem.of(ProblemCode.INVALID_REQUEST, source + ": " + what, remedy), cause);
    }
}
