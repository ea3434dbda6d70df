package io.bulkhead.manager.rebase;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PackageChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Drift;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.manager.generation.Generation;
import io.bulkhead.manager.generation.GenerationStore;
import io.bulkhead.manager.generation.GenerationStore.Captured;
import io.bulkhead.manager.generation.PackageDrift;
import io.bulkhead.manager.generation.Steps;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about generations but the making of a new partition's files: captures and counts them, says what a partition
 * and the host have changed since, and takes partitions from one to another. Throws {@link Refusal} where something cannot
 * be; nothing has changed then. Safe for any thread, as long as each partition is handled by one at a time; blocks on the
 * disk.
 */
public final class GenerationOffice {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationOffice.class);

    private static final List<String> TREES = List.of("etc", "var");

    /** So many conflicts are named, and the others counted. */
    private static final int MOST_CONFLICTS = 100;

    private final GenerationStore store;
    private final Path hostRoot;
    private final OwnFiles files;
    private final TreeCalls calls;
    private final Rebaser rebaser;
    private final PackageDrift packages;

    /**
     * What a change came to.
     *
     * @param rebase what was done
     * @param generation that the files build on now
     * @param wayBack the generation that can be brought back
     */
    public record Outcome(Rebase rebase, String generation, Optional<String> wayBack) {}

    /** Generations that are gone, and what their files held. */
    public record Removed(List<String> names, long bytes) {}

    private record Trees(Generation base, Generation fresh, Snapshot was, Snapshot own, Snapshot is) {}

    /**
     * @param hostRoot where the host's etc and var are
     * @param files where those of partitions are
     */
    public GenerationOffice(GenerationStore store, Path hostRoot, OwnFiles files, TreeCalls calls) {
        this(store, hostRoot, files, calls, Steps.ALL);
    }

    GenerationOffice(GenerationStore store, Path hostRoot, OwnFiles files, TreeCalls calls, Steps steps) {
        this.store = store;
        this.hostRoot = hostRoot;
        this.files = files;
        this.calls = calls;
        this.rebaser = new Rebaser(calls, steps);
        this.packages = new PackageDrift(store, hostRoot);
    }

    // ---- generations

    /** Captures the host as it is. */
    public Captured capture() throws IOException {
        return store.captureNow(hostRoot);
    }

    /**
     * All generations, the newest first.
     *
     * @param users who builds on which
     * @param waysBack who could go back to which
     */
    public List<GenerationInfo> list(Map<String, List<PartitionName>> users, Map<String, List<PartitionName>> waysBack)
            throws IOException {
        List<GenerationInfo> infos = new ArrayList<>();
        for (Generation each : store.list()) {
            infos.add(info(
                    each, users.getOrDefault(each.name(), List.of()), waysBack.getOrDefault(each.name(), List.of())));
        }
        infos.sort(Comparator.comparing(GenerationInfo::newest)
                .thenComparing(GenerationInfo::capturedAtMillis)
                .reversed());
        return infos;
    }

    /** One of them, with those who build on it. */
    public GenerationInfo info(Generation generation, List<PartitionName> users, List<PartitionName> waysBack)
            throws IOException {
        GenerationStore.Size size = store.size(generation);
        List<PartitionName> named =
                users.stream().sorted().limit(GenerationInfo.MOST_PARTITIONS).toList();
        return new GenerationInfo(
                generation.name(),
                store.newest().equals(Optional.of(generation)),
                store.capturedAtMillis(generation),
                size.entries(),
                size.bytes(),
                store.packages(generation.name()).size(),
                packages.count(generation.name()),
                named,
                users.size() - named.size(),
                waysBack.size());
    }

    /** Removes every generation that is neither needed nor the newest. */
    public Removed removeUnused(Set<String> needed) throws IOException {
        Optional<Generation> newest = store.newest();
        List<String> names = new ArrayList<>();
        long bytes = 0;
        for (Generation each : store.list()) {
            if (!needed.contains(each.name()) && !newest.equals(Optional.of(each))) {
                bytes += store.size(each).bytes();
                store.remove(each);
                names.add(each.name());
            }
        }
        return new Removed(names, bytes);
    }

    /** How a partition's generation stands to the host; empty where that cannot be read. */
    public Optional<Drift> drift(String generation, Optional<String> rebase, Optional<String> wayBack) {
        try {
            boolean older = store.newest()
                    .map(newest -> !newest.name().equals(generation))
                    .orElse(false);
            return Optional.of(new Drift(packages.count(generation), older, rebase, wayBack));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("generation", generation).setCause(e).log("Its drift cannot be read");
            return Optional.empty();
        }
    }

    // ---- a partition's files

    /** What a partition, which may run, and the host have changed since. */
    public PartitionDifferences differences(
            PartitionName name, String generation, Optional<String> rebase, Optional<String> wayBack)
            throws IOException {
        Generation base = generation(generation);
        Snapshot was = snapshot(base.directory());
        Snapshot own;
        try (Fd root = files.open(name)) {
            own = TreeReader.against(calls, root, TREES, List.of(was));
        }
        List<FileChange> host = store.look(hostRoot, trees -> Comparison.between(was, snapshot(trees)));
        return new PartitionDifferences(
                name,
                generation,
                store.newest().map(Generation::name).orElse(generation),
                FileChanges.of(Comparison.between(was, own)),
                own.incomplete(),
                FileChanges.of(host),
                PackageChanges.of(packages.moved(generation)),
                rebase,
                wayBack);
    }

    /** What a rebase to the newest generation would do; refused with the conflicts where it could not be done. */
    public Rebase foresee(PartitionName name, String generation) throws IOException {
        Generation fresh = newest();
        if (fresh.name().equals(generation)) {
            return new Rebase(name, generation, generation, false, FileChanges.NONE, FileChanges.NONE);
        }
        try (Fd root = files.open(name)) {
            Trees trees = trees(root, generation, fresh);
            return rebase(name, trees, merged(name, root, trees));
        }
    }

    /**
     * Rebases a partition at rest.
     *
     * @param target the generation to go to; the newest where it is not there any more
     */
    public Outcome rebase(PartitionName name, String generation, Optional<String> target) throws IOException {
        Generation newest = newest();
        Generation fresh = target.flatMap(store::find).orElse(newest);
        try (Fd root = files.open(name)) {
            Rebaser.Standing standing = rebaser.settle(root);
            String from = standing.generation().orElse(generation);
            if (from.equals(fresh.name())) {
                return new Outcome(
                        new Rebase(name, from, from, false, FileChanges.NONE, FileChanges.NONE),
                        from,
                        standing.wayBack());
            }
            Trees trees = trees(root, from, fresh);
            Merge merge = merged(name, root, trees);
            Rebaser.Standing after = rebaser.rebase(root, trees.base(), fresh, merge, trees.own());
            return new Outcome(rebase(name, trees, merge), fresh.name(), after.wayBack());
        }
    }

    /** Brings the files of before the last rebase back. */
    public Outcome undo(PartitionName name, String generation) throws IOException {
        try (Fd root = files.open(name)) {
            String from = rebaser.settle(root).generation().orElse(generation);
            Rebaser.Standing after = rebaser.undo(root);
            String to = after.generation().orElse(generation);
            return new Outcome(
                    new Rebase(name, from, to, false, FileChanges.NONE, FileChanges.NONE), to, after.wayBack());
        }
    }

    /** Gives up the way back; whether there was one. */
    public boolean dropWayBack(PartitionName name) throws IOException {
        try (Fd root = files.open(name)) {
            return rebaser.dropWayBack(root);
        }
    }

    /** Brings what was interrupted to an end, and returns what the files build on now, and could go back to. */
    public Outcome settle(PartitionName name, String generation) throws IOException {
        try (Fd root = files.open(name)) {
            Rebaser.Standing standing = rebaser.settle(root);
            String now = standing.generation().orElse(generation);
            return new Outcome(
                    new Rebase(name, generation, now, false, FileChanges.NONE, FileChanges.NONE),
                    now,
                    standing.wayBack());
        }
    }

    private static Rebase rebase(PartitionName name, Trees trees, Merge merge) {
        return new Rebase(
                name,
                trees.base().name(),
                trees.fresh().name(),
                false,
                FileChanges.of(merge.taken()),
                FileChanges.of(merge.kept()));
    }

    private Trees trees(Fd root, String generation, Generation fresh) throws IOException {
        Generation base = generation(generation);
        for (Generation each : List.of(base, fresh)) {
            if (!store.isIntact(each)) {
                throw Refusal.of(
                        ProblemCode.FAILED,
                        each.name() + " is no longer what its name says: somebody has changed it in "
                                + each.directory(),
                        "capture anew; a partition that builds on it cannot be rebased");
            }
        }
        Snapshot was = snapshot(base.directory());
        Snapshot is = snapshot(fresh.directory());
        return new Trees(base, fresh, was, TreeReader.forMerge(calls, root, TREES, List.of(was, is)), is);
    }

    private Merge merged(PartitionName name, Fd root, Trees trees) {
        if (trees.own().incomplete()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    name + " has more than " + TreeReader.MOST_ENTRIES + " files where its generation has directories",
                    "remove what is no configuration inside the partition");
        }
        Merge merge = ThreeWay.merge(trees.was(), trees.own(), trees.is(), path -> texts(root, trees, path));
        if (!merge.conflicts().isEmpty()) {
            throw new Refusal(conflict(name, trees, merge.conflicts()));
        }
        return merge;
    }

    private static Problem conflict(PartitionName name, Trees trees, List<String> conflicts) {
        List<String> named = new ArrayList<>(conflicts.subList(0, Math.min(conflicts.size(), MOST_CONFLICTS)));
        if (conflicts.size() > MOST_CONFLICTS) {
            named.add("and " + (conflicts.size() - MOST_CONFLICTS) + " more");
        }
        return new Problem(
                ProblemCode.CONFLICT,
                name + " and the host have changed the same since "
                        + trees.base().name() + ", and "
                        + trees.fresh().name() + " cannot be merged in " + conflicts.size()
                        + (conflicts.size() == 1 ? " place" : " places"),
                Optional.of(
                        "make these files inside the partition what they are on the host, or were, and rebase again"),
                named);
    }

    private List<String> texts(Fd root, Trees trees, String path) {
        try {
            return List.of(
                    Files.readString(RawNames.under(trees.base().directory(), path), ISO_8859_1),
                    ownText(root, path),
                    Files.readString(RawNames.under(trees.fresh().directory(), path), ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file right below /etc of the partition's. */
    private String ownText(Fd root, String path) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (Fd etc = calls.openBeneath(root, "etc", EnumSet.of(OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW));
                Fd place = calls.openBeneath(etc, RawNames.name(path), EnumSet.of(OpenFlag.PATH, OpenFlag.NO_FOLLOW))) {
            long largest = 1L << 20;
            if (!calls.status(place).isRegular() || calls.status(place).sizeBytes() > largest) {
                throw Refusal.of(
                        ProblemCode.CONFLICT, "/" + path + " of the partition is no file of accounts, or a huge one");
            }
            try (Fd file = calls.reopen(place)) {
                byte[] chunk = new byte[64 * 1024];
                int count = calls.read(file, chunk, 0, chunk.length);
                while (count >= 0 && text.size() <= largest) {
                    text.write(chunk, 0, count);
                    count = calls.read(file, chunk, 0, chunk.length);
                }
            }
        }
        return text.toString(ISO_8859_1);
    }

    private Snapshot snapshot(Path directory) {
        try (Fd root = calls.openRoot(directory)) {
            return TreeReader.whole(calls, root, TREES);
        }
    }

    private Generation newest() throws IOException {
        return store.newest()
                .orElseThrow(() -> Refusal.of(
                        ProblemCode.NOT_FOUND, "no generation was captured yet", "run 'bulkhead os capture'"));
    }

    private Generation generation(String name) {
        return store.find(name)
                .orElseThrow(() -> Refusal.of(
                        ProblemCode.NOT_FOUND,
                        "the generation " + name + " that the partition builds on is not there any more",
                        "its files cannot be compared; a partition that is defined anew gets a new one"));
    }
}
