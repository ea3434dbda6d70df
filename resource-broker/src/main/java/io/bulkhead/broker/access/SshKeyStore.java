package io.bulkhead.broker.access;

import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import io.bulkhead.contract.wire.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys for SSH, in one file of mode 0600 that is replaced as a whole. A file that is not understood is never
 * overwritten: no key is accepted until somebody has looked at it. For any thread; writing blocks for as long as the disk
 * takes.
 */
public final class SshKeyStore {
    /** How many keys there can be. */
    public static final int MOST = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(SshKeyStore.class);
    private static final int VERSION = 1;

    private final Path file;
    private final LongSupplier clockMillis;
    private final SecureRandom random = new SecureRandom();
    private List<SshKeyBook.Kept> kept = List.of();
    private Optional<Refusal> damage = Optional.empty();
    private Consumer<SshKey> removed = key -> {};

    private SshKeyStore(Path file, LongSupplier clockMillis) {
        this.file = file;
        this.clockMillis = clockMillis;
    }

    /**
     * Reads the keys.
     *
     * @param file need not be there
     * @param clockMillis milliseconds since 1970 UTC
     */
    public static SshKeyStore open(Path file, LongSupplier clockMillis) {
        SshKeyStore store = new SshKeyStore(file, clockMillis);
        store.read();
        return store;
    }

    private void read() {
        try {
            SshKeyBook book = RecordCodec.decode(SshKeyBook.class, JsonReader.read(Files.readAllBytes(file)));
            if (book.version() != VERSION) {
                throw new WireException("it is of version " + book.version() + ", known is " + VERSION);
            }
            kept = book.keys();
        } catch (NoSuchFileException e) {
            kept = List.of();
        } catch (IOException | WireException | IllegalArgumentException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("The SSH keys cannot be read; none is accepted");
            damage = Optional.of(new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            "the SSH keys in " + file + " cannot be read: " + e.getMessage(),
                            "move that file away and start the control plane again; then add the keys again"),
                    e));
        }
    }

    /** Has somebody told of every key that is removed, on the thread that removes it. */
    public synchronized void onRemoved(Consumer<SshKey> listener) {
        removed = listener;
    }

    /** Every key, in the order of adding; a {@link Refusal} where the file is damaged. */
    public synchronized List<SshKey> list() {
        damage.ifPresent(SshKeyStore::refuse);
        return kept.stream().map(SshKeyBook.Kept::known).toList();
    }

    /** The keys that are accepted now; none where the file is damaged. */
    public synchronized List<SshKey> accepted() {
        return kept.stream().map(SshKeyBook.Kept::known).toList();
    }

    /**
     * Makes a key known.
     *
     * @param name whose it is
     * @param role of that one
     * @param rights on single consoles
     * @param times how long who comes with it may stay on a console
     * @param createdBy who adds it
     * @return what is known of it; a {@link Refusal} with CONFLICT where the key is known already, or where the name has
     *     another role or other rights by other keys
     */
    public synchronized SshKey add(
            String name,
            Optional<Role> role,
            List<String> rights,
            SshKeyTimes times,
            SshPublicKey key,
            String createdBy) {
        damage.ifPresent(SshKeyStore::refuse);
        if (kept.size() >= MOST) {
            throw Refusal.of(ProblemCode.CONFLICT, "there are " + MOST + " keys already", "remove some");
        }
        SshKey known = new SshKey(
                freshId(),
                name,
                role,
                rights,
                times.idleSeconds(),
                times.longestSeconds(),
                key.type(),
                key.fingerprint(),
                createdBy,
                clockMillis.getAsLong());
        for (SshKeyBook.Kept each : kept) {
            SshKey other = each.known();
            if (each.key().equals(key)) {
                throw Refusal.of(
                        ProblemCode.CONFLICT, "that key is known already, as " + other.id() + " of " + other.name());
            }
            if (other.name().equals(name)
                    && !(other.role().equals(role) && other.rights().equals(known.rights()))) {
                throw Refusal.of(
                        ProblemCode.CONFLICT,
                        name + " has another role or other rights by the key " + other.id(),
                        "remove that one first, or give both the same");
            }
        }
        List<SshKeyBook.Kept> all = new ArrayList<>(kept);
        all.add(new SshKeyBook.Kept(known, key));
        write(all);
        return known;
    }

    /** Forgets a key; a {@link Refusal} with NOT_FOUND where there is none of that id. */
    public void remove(String id) {
        Consumer<SshKey> tell;
        SshKey gone;
        synchronized (this) {
            damage.ifPresent(SshKeyStore::refuse);
            gone = kept.stream()
                    .map(SshKeyBook.Kept::known)
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> Refusal.of(
                            ProblemCode.NOT_FOUND,
                            "there is no SSH key '" + id + "'",
                            "'bulkhead ssh-key list' shows them"));
            write(kept.stream().filter(each -> !each.known().id().equals(id)).toList());
            tell = removed;
        }
        tell.accept(gone);
    }

    /** Whose key it is, as the protocol has its bytes. */
    public synchronized Optional<SshKey> find(byte[] blob) {
        return kept.stream()
                .filter(each -> Arrays.equals(each.key().blob(), blob))
                .map(SshKeyBook.Kept::known)
                .findFirst();
    }

    private static void refuse(Refusal refusal) {
        throw new Refusal(refusal.problem(), refusal);
    }

    private String freshId() {
        while (true) {
            String id = Long.toString(random.nextLong(1L << 40), 36);
            if (kept.stream().noneMatch(each -> each.known().id().equals(id))) {
                return id;
            }
        }
    }

    private void write(List<SshKeyBook.Kept> all) {
        try {
            PrivateFile.replace(
                    file,
                    RecordCodec.encode(new SshKeyBook(VERSION, all)).toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.FAILED,
                            "the SSH keys cannot be written to " + file + ": " + e.getMessage(),
                            "see that there is room, and that the control plane's user owns its directory"),
                    e);
        }
        kept = List.copyOf(all);
    }
}
