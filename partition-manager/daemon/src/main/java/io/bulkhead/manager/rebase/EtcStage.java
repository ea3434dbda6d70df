package io.bulkhead.manager.rebase;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.manager.generation.TreeWriter;
import io.bulkhead.manager.rebase.Resolution.Mix;
import io.bulkhead.manager.rebase.Resolution.Remove;
import io.bulkhead.manager.rebase.Resolution.Take;
import io.bulkhead.manager.rebase.Resolution.Text;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.FileStatus;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.TreeCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds a partition's new /etc beside the one it has: a copy of its own, with what the merge says put over it. The
 * partition's files are only read, as {@link TreeReader} does it; what is written is nobody's yet. For one thread.
 */
final class EtcStage {
    /** A larger /etc is not copied at a start. */
    static final long MOST_BYTES = 256L << 20;

    private static final Set<OpenFlag> PLACE = EnumSet.of(OpenFlag.PATH, OpenFlag.NO_FOLLOW);

    private final TreeCalls calls;
    private final TreeWriter writer;
    private final Map<String, Resolution> resolutions;
    private final Path stage;
    private final Path fresh;
    private long entries;
    private long bytes;

    /**
     * @param stage existing, empty directory that gets {@code etc}
     * @param fresh directory of the new generation
     */
    EtcStage(TreeCalls calls, TreeWriter writer, Map<String, Resolution> resolutions, Path stage, Path fresh) {
        this.calls = calls;
        this.writer = writer;
        this.resolutions = resolutions;
        this.stage = stage;
        this.fresh = fresh;
    }

    void build(Fd root) throws IOException {
        copyOwn(root, "etc", "etc", 0);
        for (Map.Entry<String, Resolution> each : resolutions.entrySet()) {
            if (each.getKey().startsWith("etc/") || each.getKey().equals("etc")) {
                apply(each.getKey(), each.getValue());
            }
        }
    }

    private void copyOwn(Fd parent, String name, String path, int level) throws IOException {
        Resolution resolution = resolutions.get(path);
        try (Fd place = calls.openBeneath(parent, name, PLACE)) {
            FileStatus status = calls.status(place);
            boolean replaced = resolution instanceof Remove
                    || resolution instanceof Text
                    || resolution instanceof Take take && !(take.entry().isDirectory() && status.isDirectory())
                    || resolution instanceof Mix mix && mix.fresh() && !status.isDirectory();
            if (replaced) {
                return;
            }
            count(path, status, level);
            Path to = RawNames.under(stage, path);
            if (status.isLink()) {
                writer.link(to, rawPath(calls.readLink(place)), (int) status.uid(), (int) status.gid());
                return;
            }
            try (Fd open = calls.reopen(place)) {
                writer.copyOpen(pathOf(open), to);
                if (status.isDirectory()) {
                    for (List<String> names = calls.moreNames(open); !names.isEmpty(); names = calls.moreNames(open)) {
                        for (String inner : names) {
                            copyOwn(open, inner, path + "/" + inner, level + 1);
                        }
                    }
                }
            }
        }
    }

    private void count(String path, FileStatus status, int level) {
        boolean special = !status.isDirectory() && !status.isRegular() && !status.isLink();
        if (special) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "/" + RawNames.shown(path) + " is a device, socket or fifo, which a rebase cannot carry over",
                    "remove it inside the partition");
        }
        entries++;
        bytes += status.isRegular() ? status.sizeBytes() : 0;
        if (entries > TreeReader.MOST_ENTRIES || bytes > MOST_BYTES || level > TreeReader.MOST_LEVELS) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "the partition's /etc is too large to be rebased: more than " + TreeReader.MOST_ENTRIES
                            + " entries, " + (MOST_BYTES >> 20) + " MiB or " + TreeReader.MOST_LEVELS + " levels",
                    "remove inside what is no configuration");
        }
    }

    private void apply(String path, Resolution resolution) throws IOException {
        Path to = RawNames.under(stage, path);
        Path from = RawNames.under(fresh, path);
        if (resolution instanceof Take take) {
            take(from, to, take.entry());
        } else if (resolution instanceof Mix mix) {
            if (mix.kind() == Entry.Kind.LINK && mix.fresh()) {
                writer.link(to, Files.readSymbolicLink(from), (int) mix.uid(), (int) mix.gid());
            } else if (mix.kind() == Entry.Kind.FILE && mix.fresh()) {
                writer.copyFile(from, to);
            }
            if (mix.kind() != Entry.Kind.LINK) {
                writer.finish(to, (int) mix.uid(), (int) mix.gid(), mix.mode());
            }
        } else if (resolution instanceof Text text) {
            writer.writeRaw(to, text.content().getBytes(ISO_8859_1));
            writer.finish(to, (int) text.uid(), (int) text.gid(), text.mode());
        }
    }

    private void take(Path from, Path to, Entry entry) throws IOException {
        switch (entry.kind()) {
            case DIRECTORY -> {
                if (!Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
                    writer.copyDirectory(from, to);
                }
                writer.finish(to, (int) entry.uid(), (int) entry.gid(), entry.mode());
            }
            case FILE -> writer.copyFile(from, to);
            case LINK -> writer.link(to, Files.readSymbolicLink(from), (int) entry.uid(), (int) entry.gid());
            case SPECIAL -> throw new IOException(from + ": a generation has no devices, sockets or fifos");
        }
    }

    /** What is open, under a name that children of this process can use too. */
    static Path pathOf(Fd fd) {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd.number());
    }

    private static Path rawPath(String text) {
        return text.startsWith("/")
                ? RawNames.under(Path.of("/"), text.replaceFirst("^/+", ""))
                : RawNames.under(Path.of(""), text);
    }
}
