package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.generation.FileChange;
import io.bulkhead.contract.generation.FileChanges;
import io.bulkhead.contract.generation.GenerationInfo;
import io.bulkhead.contract.generation.PackageChange;
import io.bulkhead.contract.generation.PackageChanges;
import io.bulkhead.contract.generation.PartitionDifferences;
import io.bulkhead.contract.generation.Rebase;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead os}. */
@Command(
        name = "os",
        description = {
            "Captures, lists and removes generations: the copies of the host's /etc and of the skeleton of its /var that",
            "partitions build on. Shows what a partition and the host have changed since, and takes it to the newest one."
        },
        subcommands = {
            OsVerb.Capture.class,
            OsVerb.Listing.class,
            OsVerb.Diff.class,
            OsVerb.RebaseVerb.class,
            OsVerb.Collect.class
        },
        synopsisSubcommandLabel = "capture|list|diff|rebase|gc",
        footer = {
            "",
            "A partition's /usr is the host's, so its programs move with the host's packages; its /etc is its own, and stays",
            "as it was captured until it is rebased. The host's identity and secrets never pass into a generation."
        })
final class OsVerb implements Callable<Integer> {
    private static final String PATH = "/v1/generations";

    private final Listing listing;

    OsVerb(Bulkhead bulkhead) {
        this.listing = new Listing(bulkhead);
    }

    @Override
    public Integer call() {
        return listing.call();
    }

    /** {@code bulkhead os capture}. */
    @Command(
            name = "capture",
            description = {
                "Captures the host's /etc and the skeleton of its /var as they are now, without its identity and secrets.",
                "Where nothing has changed, that is the generation that is there already. 'define' captures, too."
            })
    static final class Capture extends Verb {
        Capture(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            Json answer = api().post(PATH, new Json.Obj(Map.of()));
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
                return DONE;
            }
            Reply.Captured captured = ApiClient.decode(Reply.Captured.class, answer);
            bulkhead().printLine(captured.generation().name());
            bulkhead()
                    .remark(
                            captured.isNew()
                                    ? "new: " + captured.generation().entries() + " entries, "
                                            + Words.size(captured.generation().bytes()) + ", "
                                            + captured.generation().packages() + " packages"
                                    : "nothing has changed since it was captured");
            return DONE;
        }
    }

    /** {@code bulkhead os list}. */
    @Command(
            name = "list",
            description = "Lists the generations, the newest first, and how far the host has moved from each.")
    static final class Listing extends Verb {
        Listing(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            Json answer = api().get(PATH);
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
                return DONE;
            }
            Reply.Generations all = ApiClient.decode(Reply.Generations.class, answer);
            Table table = new Table(
                    "GENERATION", "CAPTURED", "SIZE>", "PACKAGES>", "MOVED SINCE>", "PARTITIONS", "WAY BACK OF>");
            all.generations()
                    .forEach(each -> table.row(
                            new Cell(each.name(), each.newest() ? Tone.STRONG : Tone.PLAIN),
                            Cell.of(Words.time(each.capturedAtMillis(), ZoneId.systemDefault())
                                    + (each.newest() ? ", newest" : "")),
                            Cell.of(Words.size(each.bytes())),
                            Cell.of(Long.toString(each.packages())),
                            new Cell(
                                    Long.toString(each.packagesMoved()),
                                    each.packagesMoved() > 0 ? Tone.WARN : Tone.PLAIN),
                            Cell.of(users(each)),
                            Cell.of(Long.toString(each.wayBack()))));
            if (table.isEmpty()) {
                bulkhead()
                        .remark("there are no generations yet; 'bulkhead os capture' makes one, and so does 'define'");
            } else {
                bulkhead().print(table.render(colour()));
                if (all.leftOut() > 0) {
                    bulkhead()
                            .remark("and " + all.leftOut() + " older ones; 'bulkhead os gc' removes what nobody needs");
                }
            }
            return DONE;
        }

        private static String users(GenerationInfo info) {
            if (info.partitions().isEmpty()) {
                return "-";
            }
            return info.partitions().stream().map(PartitionName::value).collect(Collectors.joining(", "))
                    + (info.morePartitions() > 0 ? " and " + info.morePartitions() + " more" : "");
        }
    }

    /** {@code bulkhead os diff}. */
    @Command(
            name = "diff",
            description = {
                "Shows what a partition changed in its /etc and in the skeleton of its /var, what the host changed since,",
                "and which of the host's packages, whose /usr the partition shares, have moved. Works while it runs."
            },
            footer = {
                "",
                "In front of each line: + came, - went, ~ is another one now. A directory that came or went is one line."
            })
    static final class Diff extends Verb {
        @Parameters(paramLabel = "NAME", description = "which partition")
        private String name = "";

        Diff(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            PartitionName partition = PartitionName.parse(name);
            Json answer = new Partitions(api())
                    .guessing(partition, () -> api().get(Partitions.path(partition, "differences")));
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
                return DONE;
            }
            PartitionDifferences differences = ApiClient.decode(PartitionDifferences.class, answer);
            bulkhead()
                    .printLine(partition + " builds on " + differences.generation()
                            + (differences.newest().equals(differences.generation())
                                    ? ", the newest"
                                    : "; the newest is " + differences.newest()));
            differences.rebase().ifPresent(to -> bulkhead().printLine("it is taken to " + to + " at its next start"));
            differences.wayBack().ifPresent(to -> bulkhead()
                    .printLine("'bulkhead os rebase " + partition + " --undo' takes it back to " + to));
            files("the partition changed", differences.own());
            if (differences.ownIncomplete()) {
                bulkhead().printLine("  and more: it has more files than are looked at");
            }
            files("the host changed since", differences.host());
            packages(differences.packages());
            return DONE;
        }

        private void files(String what, FileChanges changes) {
            bulkhead().printLine("\n" + Tone.STRONG.paint(what + ": " + count(changes.count(), "file"), colour()));
            changes.changes().forEach(each -> bulkhead().printLine("  " + line(each)));
            more(changes.leftOut());
        }

        private void packages(PackageChanges packages) {
            bulkhead()
                    .printLine("\n"
                            + Tone.STRONG.paint(
                                    "the host's packages moved since: " + count(packages.count(), "package"),
                                    colour()));
            packages.changes().forEach(each -> bulkhead().printLine("  " + line(each)));
            more(packages.leftOut());
        }

        private void more(long leftOut) {
            if (leftOut > 0) {
                bulkhead().printLine("  and " + leftOut + " more");
            }
        }

        private static String count(long count, String what) {
            return count == 0 ? "nothing" : count + " " + what + (count == 1 ? "" : "s");
        }

        static String line(FileChange change) {
            return switch (change.kind()) {
                case ADDED -> "+ /" + change.path();
                case REMOVED -> "- /" + change.path();
                case MODIFIED ->
                    "~ /" + change.path() + " ("
                            + change.aspects().stream().map(Words::constant).collect(Collectors.joining(", ")) + ")";
            };
        }

        private static String line(PackageChange change) {
            if (change.was().isEmpty()) {
                return "+ " + change.name() + " " + change.is().orElse("");
            }
            return change.is().isEmpty()
                    ? "- " + change.name() + " " + change.was().get()
                    : "~ " + change.name() + " " + change.was().get() + " -> "
                            + change.is().get();
        }
    }

    /** {@code bulkhead os rebase}. */
    @Command(
            name = "rebase",
            description = {
                "Takes partitions to the newest generation and keeps what they changed themselves: at once where they are at",
                "rest, at their next start where they run. Where partition and host have changed the same file differently,",
                "the conflicts are listed and nothing is done. The former files stay as the way back until the next rebase."
            })
    static final class RebaseVerb extends Verb {
        @Parameters(arity = "1..*", paramLabel = "NAME", description = "which partitions")
        private List<String> names = new ArrayList<>();

        @Option(
                names = "--undo",
                description = "take the last rebase back, of partitions at rest; a second time, it comes back")
        private boolean undo;

        RebaseVerb(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            Partitions partitions = new Partitions(api());
            String verb = undo ? "undo-rebase" : "rebase";
            int code = DONE;
            for (PartitionName name :
                    names.stream().map(PartitionName::parse).distinct().toList()) {
                try {
                    Json answer = partitions.guessing(name, () -> new LongWork(bulkhead())
                            .run(
                                    "POST",
                                    Partitions.path(name, verb),
                                    Optional.of(new Json.Obj(Map.of())),
                                    name + ": " + verb));
                    if (bulkhead().wantsJson()) {
                        bulkhead().printJson(answer);
                    } else {
                        tell(ApiClient.decode(Rebase.class, answer));
                    }
                } catch (Refusal e) {
                    int failed = new Complaints(bulkhead()).about(e.problem());
                    code = code == DONE ? failed : code;
                }
            }
            return code;
        }

        private void tell(Rebase rebase) {
            if (rebase.from().equals(rebase.to())) {
                bulkhead()
                        .printLine(rebase.partition()
                                + (undo
                                        ? ": the rebase that was left for its next start is forgotten; it stays on "
                                        : ": builds on the newest generation already, ")
                                + rebase.to());
                return;
            }
            bulkhead()
                    .printLine(rebase.partition() + ": " + rebase.from() + " -> " + rebase.to()
                            + (rebase.pending() ? " at its next start" : undo ? ", taken back" : ""));
            rebase.taken().changes().forEach(each -> bulkhead().printLine("  " + Diff.line(each)));
            if (rebase.taken().leftOut() > 0) {
                bulkhead().printLine("  and " + rebase.taken().leftOut() + " more");
            }
            if (rebase.kept().count() > 0) {
                bulkhead()
                        .remark(rebase.kept().count() + " changes of its own are kept; 'bulkhead os diff "
                                + rebase.partition() + "' lists them");
            }
        }
    }

    /** {@code bulkhead os gc}. */
    @Command(
            name = "gc",
            description = {
                "Removes the generations that no partition builds on, is going to, or could go back to.",
                "The newest one stays."
            })
    static final class Collect extends Verb {
        @Option(
                names = "--way-back",
                description =
                        "give up every partition's way back from its last rebase first, with the files kept for it")
        private boolean wayBack;

        @Option(
                names = {"-y", "--yes"},
                description = "do not ask")
        private boolean yes;

        Collect(Bulkhead bulkhead) {
            super(bulkhead);
        }

        @Override
        public Integer call() {
            if (wayBack) {
                bulkhead().confirm("No partition can be taken back to what it was before its last rebase then", yes);
            }
            Json answer = api().post(PATH + "/gc", new Json.Obj(Map.of("wayBack", Json.of(wayBack))));
            if (bulkhead().wantsJson()) {
                bulkhead().printJson(answer);
                return DONE;
            }
            Reply.GenerationsRemoved removed = ApiClient.decode(Reply.GenerationsRemoved.class, answer);
            removed.names().forEach(bulkhead()::printLine);
            bulkhead()
                    .remark(
                            removed.names().isEmpty()
                                    ? "every generation is needed"
                                    : removed.names().size() + " removed, " + Words.size(removed.bytes()));
            return DONE;
        }
    }
}
