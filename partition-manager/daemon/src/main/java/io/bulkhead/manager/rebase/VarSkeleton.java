package io.bulkhead.manager.rebase;

import io.bulkhead.manager.generation.TreeWriter;
import io.bulkhead.manager.rebase.Resolution.Mix;
import io.bulkhead.manager.rebase.Resolution.Take;
import io.bulkhead.manager.rebase.VarStep.Made;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.FileStatus;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The skeleton of a partition's /var on its way from one generation to another: directories, links and empty files, in
 * steps that can each be made twice and taken back. What is in /var is data, and is neither copied nor moved. For one thread.
 */
final class VarSkeleton {
    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NO_FOLLOW);

    private final TreeCalls calls;
    private final TreeWriter writer;

    VarSkeleton(TreeCalls calls, TreeWriter writer) {
        this.calls = calls;
        this.writer = writer;
    }

    /** The steps of a merge: what is new from the top down, then what goes from the bottom up. */
    static List<VarStep> stepsOf(Merge merge, Snapshot own) {
        List<VarStep> makes = new ArrayList<>();
        List<VarStep> removals = new ArrayList<>();
        for (Map.Entry<String, Resolution> each : merge.resolutions().entrySet()) {
            String path = each.getKey();
            if (!path.startsWith("var/") && !path.equals("var")) {
                continue;
            }
            Optional<Made> before = own.at(path).map(VarSkeleton::made);
            if (each.getValue() instanceof Take take) {
                makes.add(new VarStep(path, before, Optional.of(made(take.entry()))));
            } else if (each.getValue() instanceof Mix mix) {
                String target = before.map(Made::target).orElse("");
                makes.add(new VarStep(
                        path, before, Optional.of(new Made(mix.kind(), mix.mode(), mix.uid(), mix.gid(), target))));
            } else {
                removals.add(new VarStep(path, before, Optional.empty()));
            }
        }
        Collections.reverse(removals);
        makes.addAll(removals);
        return makes;
    }

    private static Made made(Entry entry) {
        String target = entry.kind() == Entry.Kind.LINK ? entry.data() : "";
        return new Made(entry.kind(), entry.mode(), entry.uid(), entry.gid(), target);
    }

    /**
     * Makes every step.
     *
     * @param root the directory that holds {@code var}
     */
    void forward(Fd root, List<VarStep> steps) throws IOException {
        for (VarStep step : steps) {
            make(root, step);
        }
    }

    /** Takes every step back that was made, or half made; what holds data by now stays. */
    void backward(Fd root, List<VarStep> steps) throws IOException {
        for (int i = steps.size() - 1; i >= 0; i--) {
            takeBack(root, steps.get(i));
        }
    }

    private void takeBack(Fd root, VarStep step) throws IOException {
        Optional<Fd> parent = parentOf(root, step.path());
        if (parent.isEmpty()) {
            return;
        }
        try (Fd directory = parent.get()) {
            String name = RawNames.name(step.path());
            Optional<Made> now = look(directory, name);
            Path place = RawNames.under(EtcStage.pathOf(directory), name);
            if (now.equals(step.before())) {
                return;
            }
            if (step.before().isEmpty()) {
                removeUnlessUsed(place);
            } else {
                put(place, now, step.before().get());
            }
        }
    }

    private void make(Fd root, VarStep step) throws IOException {
        Optional<Fd> parent = parentOf(root, step.path());
        if (parent.isEmpty()) {
            return;
        }
        try (Fd directory = parent.get()) {
            String name = RawNames.name(step.path());
            Optional<Made> now = look(directory, name);
            if (!now.equals(step.before()) || now.equals(step.after())) {
                // Made already, or it is another thing by now and somebody's.
                return;
            }
            Path place = RawNames.under(EtcStage.pathOf(directory), name);
            if (step.after().isEmpty()) {
                removeUnlessUsed(place);
            } else {
                put(place, now, step.after().get());
            }
        }
    }

    private void removeUnlessUsed(Path place) throws IOException {
        try {
            writer.remove(place);
        } catch (DirectoryNotEmptyException e) {
            // It holds data of the partition's.
        }
    }

    private void put(Path place, Optional<Made> now, Made wanted) throws IOException {
        if (wanted.kind() == Entry.Kind.LINK) {
            if (now.isPresent()) {
                writer.remove(place);
            }
            Path target = RawNames.under(Path.of(""), wanted.target());
            writer.link(place, target, (int) wanted.uid(), (int) wanted.gid());
            return;
        }
        if (now.isEmpty() && wanted.kind() == Entry.Kind.DIRECTORY) {
            writer.makeDirectory(place, wanted.mode());
        } else if (now.isEmpty()) {
            writer.writeRaw(place, new byte[0]);
        }
        writer.finish(place, (int) wanted.uid(), (int) wanted.gid(), wanted.mode());
    }

    private Optional<Made> look(Fd directory, String name) {
        try (Fd place = calls.openBeneath(directory, name, PLACE)) {
            FileStatus status = calls.status(place);
            Entry.Kind kind = status.isDirectory()
                    ? Entry.Kind.DIRECTORY
                    : status.isRegular() ? Entry.Kind.FILE : status.isLink() ? Entry.Kind.LINK : Entry.Kind.SPECIAL;
            String target = kind == Entry.Kind.LINK ? calls.readLink(place) : "";
            return Optional.of(new Made(kind, status.permissions(), status.uid(), status.gid(), target));
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The directory that a path is in, gone to name by name; empty if it is not there. */
    private Optional<Fd> parentOf(Fd root, String path) {
        Fd directory = calls.openBeneath(root, ".", EnumSet.of(OpenFlag.DIRECTORY));
        try {
            for (String name : RawNames.parent(path).split("/")) {
                if (!name.isEmpty()) {
                    Fd next = calls.openBeneath(directory, name, EnumSet.of(OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW));
                    directory.close();
                    directory = next;
                }
            }
            return Optional.of(directory);
        } catch (ErrnoException e) {
            directory.close();
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
