package io.bulkhead.manager.record;

import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.JsonWriter;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The text of a record file: {@code {"format": 1, "checksum": …, "content": {…}}}. The checksum is the SHA-256 of the
 * content's compact JSON, so that bytes which rotted or were edited by hand are noticed. Pure.
 */
final class RecordFile {
    private static final long FORMAT = 1;

    private RecordFile() {}

    static byte[] write(Record content) {
        Json.Obj body = RecordCodec.encode(content);
        Json.Obj file = new Json.Obj(Map.of())
                .with("format", Json.of(FORMAT))
                .with("checksum", Json.of(checksum(body)))
                .with("content", body);
        return (JsonWriter.writePretty(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Reads what {@link #write} wrote; {@link WireException} with the reason for anything else. */
    static <T> T read(Class<T> type, byte[] bytes) {
        if (!(JsonReader.read(bytes) instanceof Json.Obj file)) {
            throw new WireException("the file holds no object");
        }
        if (!Json.of(FORMAT).equals(file.members().get("format"))) {
            throw new WireException(
                    "format " + file.members().get("format") + " is not the " + FORMAT + " that this manager knows");
        }
        Json content = file.members().get("content");
        if (content == null || !Json.of(checksum(content)).equals(file.members().get("checksum"))) {
            throw new WireException("the checksum does not agree with the content");
        }
        return RecordCodec.decode(type, content);
    }

    private static String checksum(Json content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(JsonWriter.write(content).getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
