package io.bulkhead.manager.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations of one Bulkhead instance, in one directory of root's (mode 0700).
 *
 * <pre>
 *   STORE/g-3f9a62c01b7e/etc  var  packages  manifest     a generation, never changed again
 *   STORE/newest                                          the name of the one that the host was last found to be
 *   STORE/.capturing                                      a capture that is under way, or was when the manager died
 *   STORE/.altered  .removing                             a generation somebody changed, or nobody needs, on its way out
 * </pre>
 *
 * <p>Both verbs are all or nothing: they build under a temporary name on the same file system, make it durable and
 * rename it. A process killed at any instruction leaves at most the temporary tree, which the next call of the same
 * kind removes.
 *
 * <p>Thread-safe: methods that change something exclude each other; looking waits for nobody. One process owns the store.
 * Blocks on the disk: a few hundred milliseconds at worst on a quiet machine.
 */
public final class GenerationStore {

    private static final Logger LOG = LoggerFactory.getLogger(GenerationStore.class);

    private static final Pattern NAME = Pattern.compile("g-[0-9a-f]{12}");

    private static final String TEMPORARY = ".capturing";

    private static final String ALTERED = ".altered";

    private static final String REMOVING = ".removing";

    private static final String NEWEST = "newest";

    private static final List<String> TREES = List.of("etc", "var");

    private final Path store;
    private final Steps steps;
    private final Map<String, Size> sizes = new ConcurrentHashMap<>();

    /**
     * @param storeDirectory made at the first capture if it is missing; must belong to root and be writable by nobody else
     */
    public GenerationStore(Path storeDirectory) {
        this(storeDirectory, Steps.ALL);
    }

    GenerationStore(Path storeDirectory, Steps steps) {
        this.store = storeDirectory.toAbsolutePath().normalize();
        this.steps = steps;
    }

    /**
     * What a capture came to.
     *
     * @param generation what the host is
     * @param isNew whether it was not in the store before
     */
    public record Captured(Generation generation, boolean isNew) {}

    /** Uses a copy of the host's files that is no generation. */
    @FunctionalInterface
    public interface Look<T> {
        /** @param trees holds {@code etc} and {@code var}, and is removed afterwards */
        T at(Path trees) throws IOException;
    }

    /**
     * Captures the host's {@code /etc} and a skeleton of its {@code /var} as they are now.
     *
     * @param hostRoot directory that holds the host's {@code etc} and {@code var}: {@code /}, or a constructed tree
     * @return the new generation, or the one that is already there if its content is the same
     * @throws GenerationException if the host's files do not hold still or its /etc is not readable by everybody
     * @throws IOException if a file cannot be read or written; nothing but a temporary tree is left then
     */
    public synchronized Generation capture(Path hostRoot) throws IOException {
        return captureNow(hostRoot).generation();
    }

    /** The same, with whether there was anything new. */
    public synchronized Captured captureNow(Path hostRoot) throws IOException {
        TreeWriter writer = new TreeWriter(steps);
        Path temporary = makeTemporary(writer);
        try {
            Captured captured = captureInto(temporary, hostRoot.toAbsolutePath().normalize(), writer);
            remember(captured.generation(), writer);
            return captured;
        } catch (IOException | RuntimeException e) {
            removeAfter(e, temporary, writer);
            throw e;
        }
    }

    /** Copies what would pass into a generation now, and lets it be looked at; nothing of it stays. */
    public synchronized <T> T look(Path hostRoot, Look<T> look) throws IOException {
        TreeWriter writer = new TreeWriter(steps);
        Path temporary = makeTemporary(writer);
        try {
            Path root = hostRoot.toAbsolutePath().normalize();
            new HostCapture(root, temporary, new GenerationRules(HostFacts.read(root)), writer).run();
            T result = look.at(temporary);
            writer.removeTree(temporary);
            return result;
        } catch (IOException | RuntimeException e) {
            removeAfter(e, temporary, writer);
            throw e;
        }
    }

    private Path makeTemporary(TreeWriter writer) throws IOException {
        Path temporary = store.resolve(TEMPORARY);
        for (String leftover : List.of(TEMPORARY, ALTERED, REMOVING)) {
            writer.removeTree(store.resolve(leftover));
        }
        writer.makePrivateDirectory(store);
        writer.makePrivateDirectory(temporary);
        return temporary;
    }

    /** The host is this generation now, perhaps again. */
    private void remember(Generation generation, TreeWriter writer) throws IOException {
        if (newest().equals(Optional.of(generation))) {
            return;
        }
        Path temporary = store.resolve("." + NEWEST);
        writer.removeTree(temporary);
        writer.writeFile(temporary, generation.name() + "\n", 0, 0600);
        writer.sync(temporary);
        writer.rename(temporary, store.resolve(NEWEST));
        writer.syncDirectory(store);
    }

    /** What the host was last found to be; empty before the first capture. */
    public Optional<Generation> newest() throws IOException {
        Path file = store.resolve(NEWEST);
        Optional<Generation> named = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                ? find(Files.readString(file).strip())
                : Optional.empty();
        if (named.isPresent()) {
            return named;
        }
        // A store of an earlier version: whatever was captured last.
        Optional<Generation> last = Optional.empty();
        for (Generation each : list()) {
            if (last.isEmpty() || capturedAtMillis(each) > capturedAtMillis(last.get())) {
                last = Optional.of(each);
            }
        }
        return last;
    }

    /** When it was captured first, milliseconds since 1970 UTC. */
    public long capturedAtMillis(Generation generation) throws IOException {
        return Files.getLastModifiedTime(generation.manifest(), LinkOption.NOFOLLOW_LINKS)
                .toMillis();
    }

    /**
     * What is in a generation.
     *
     * @param entries files, directories and links
     * @param bytes in its files
     */
    public record Size(long entries, long bytes) {}

    /** What is in a generation: it never changes, so it is counted once. */
    public Size size(Generation generation) throws IOException {
        Size known = sizes.get(generation.name());
        if (known == null) {
            long entries = 0;
            long bytes = 0;
            for (String tree : TREES) {
                try (Stream<Path> all = Files.walk(generation.directory().resolve(tree))) {
                    for (Path each : (Iterable<Path>) all::iterator) {
                        entries++;
                        bytes += Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS) ? Files.size(each) : 0;
                    }
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }
            known = new Size(entries, bytes);
            sizes.put(generation.name(), known);
        }
        return known;
    }

    /** The packages that the host had then; empty for a generation that is not there or has no list. */
    public SortedMap<String, String> packages(String name) throws IOException {
        Optional<Path> file = find(name).map(Generation::packages).filter(Files::isRegularFile);
        return file.isPresent() ? HostPackages.parse(Files.readString(file.get())) : new TreeMap<>();
    }

    /** Removes a generation that nobody needs. It is out of the store at once, whatever happens after that. */
    public synchronized void remove(Generation generation) throws IOException {
        TreeWriter writer = new TreeWriter(steps);
        writer.removeTree(store.resolve(REMOVING));
        writer.rename(generation.directory(), store.resolve(REMOVING));
        writer.syncDirectory(store);
        writer.removeTree(store.resolve(REMOVING));
        LOG.atInfo().addKeyValue("generation", generation.name()).log("removed");
    }

    /**
     * Makes the private directories {@code etc var home root srv} of one partition from a generation.
     *
     * <p>Owners are natural (root is 0). {@code partitionDirectory} itself gets mode 0700. It must not be a mount point:
     * on a partition's volume, name a directory of the volume.
     *
     * @param partitionDirectory missing, or an empty directory; its parent must exist
     * @throws GenerationException if the target holds anything, or the generation is not in this store
     * @throws IOException if a file cannot be written; the target is then as it was, or complete if the very last
     *     step failed, to make its name durable
     */
    public synchronized void materialise(Generation generation, Path partitionDirectory, PartitionIdentity identity)
            throws IOException {
        if (!find(generation.name()).equals(Optional.of(generation))) {
            throw new GenerationException(generation.name() + ": not a generation of " + store);
        }
        Path target = partitionDirectory.toAbsolutePath().normalize();
        refuseUnlessEmpty(target);
        TreeWriter writer = new TreeWriter(steps);
        Path temporary = target.resolveSibling("." + target.getFileName() + ".materialising");
        writer.removeTree(temporary);
        try {
            writer.makeDirectory(temporary, 0700);
            new PartitionFiles(generation, temporary, writer).write(identity);
            writer.sync(temporary);
            writer.rename(temporary, target);
            writer.syncDirectory(Objects.requireNonNull(target.getParent(), "a partition directory has a parent"));
        } catch (IOException | RuntimeException e) {
            removeAfter(e, temporary, writer);
            throw e;
        }
        LOG.atInfo()
                .addKeyValue("generation", generation.name())
                .addKeyValue("directory", target)
                .log("materialised");
    }

    /** All generations, sorted by name; what a killed capture left is none. */
    public List<Generation> list() throws IOException {
        List<Generation> generations = new ArrayList<>();
        if (Files.isDirectory(store)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(store, "g-*")) {
                for (Path entry : entries) {
                    find(entry.getFileName().toString()).ifPresent(generations::add);
                }
            }
        }
        generations.sort(Comparator.comparing(Generation::name));
        return List.copyOf(generations);
    }

    /** The generation of this name, or nothing if there is none or the name has not the form of one. */
    public Optional<Generation> find(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Path directory = store.resolve(name);
        boolean present = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
        return present ? Optional.of(new Generation(name, directory)) : Optional.empty();
    }

    /** Whether a generation still holds exactly what its name says: reads and hashes all of it. */
    public synchronized boolean isIntact(Generation generation) throws IOException {
        return Manifest.read(generation.directory(), TREES).name().equals(generation.name());
    }

    private Captured captureInto(Path temporary, Path hostRoot, TreeWriter writer) throws IOException {
        GenerationRules rules = new GenerationRules(HostFacts.read(hostRoot));
        SortedMap<String, String> remarks = new HostCapture(hostRoot, temporary, rules, writer).run();
        SortedMap<String, String> packages = HostPackages.read(hostRoot);
        if (!packages.isEmpty()) {
            writer.writeFile(temporary.resolve(Generation.PACKAGES), HostPackages.text(packages), 0, 0600);
        }
        // Named by what stands on the disk now, not by what we believe to have written.
        Manifest manifest = Manifest.read(temporary, TREES);
        String name = manifest.name();
        Optional<Generation> existing = find(name);
        if (existing.isPresent() && isIntact(existing.get())) {
            writer.removeTree(temporary);
            return new Captured(existing.get(), false);
        }
        if (existing.isPresent()) {
            // Partitions hold copies, so the true content can take the place; aside first, for a removal is not atomic.
            LOG.atWarn().addKeyValue("generation", name).log("was altered since it was captured, replacing it");
            writer.rename(existing.get().directory(), store.resolve(ALTERED));
            writer.removeTree(store.resolve(ALTERED));
        }
        writer.writeFile(temporary.resolve("manifest"), manifest.text(name, remarks), 0, 0600);
        writer.sync(temporary);
        Path directory = store.resolve(name);
        writer.rename(temporary, directory);
        writer.syncDirectory(store);
        LOG.atInfo()
                .addKeyValue("generation", name)
                .addKeyValue("leftOut", remarks.size())
                .log("captured");
        return new Captured(new Generation(name, directory), true);
    }

    private static void refuseUnlessEmpty(Path target) throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new GenerationException(target + ": not a directory");
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
            if (entries.iterator().hasNext()) {
                throw new GenerationException(target + ": not empty, a partition's files are never overwritten");
            }
        }
    }

    private static void removeAfter(Exception failure, Path temporary, TreeWriter writer) {
        try {
            writer.removeTree(temporary);
        } catch (IOException e) {
            // The next call of this kind removes it.
            failure.addSuppressed(e);
        }
    }
}
