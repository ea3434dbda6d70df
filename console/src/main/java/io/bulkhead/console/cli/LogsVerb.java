package io.bulkhead.console.cli;

import io.bulkhead.console.client.BodyStream;
import io.bulkhead.console.terminal.HarmlessText;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.WireException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead logs}. */
@Command(
        name = "logs",
        description = {
            "Shows what a partition's console has put out, from its log on the disk.",
            "On a terminal everything is taken out that would do something to it, unless --raw is given; elsewhere the bytes are"
                    + " exactly those that came. What is missing is told on standard error. With -o json one JSON object a line:"
                    + " output, gaps and events.",
            "With --verify it is checked instead: every byte by its checksum, every segment by the hash that its successor has."
                    + " Ends with 10 where something is not what was written."
        })
final class LogsVerb extends Verb {
    private static final int PIECE_BYTES = 64 << 10;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "which partition; with --verify all, without it")
    private Optional<String> name = Optional.empty();

    @Option(
            names = {"-f", "--follow"},
            description = "go on with what comes")
    private boolean follow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "from then on: 30m or 7d ago, 2026-05-01, or 2026-05-01T12:00:00; of UTC with a Z")
    private Optional<String> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "up to then, likewise")
    private Optional<String> until = Optional.empty();

    @Option(names = "--from", paramLabel = "OFFSET", description = "from that byte of the console's stream on")
    private Optional<Long> from = Optional.empty();

    @Option(names = "--bytes", paramLabel = "BYTES", description = "only the last so many, like 4KiB")
    private Optional<String> bytes = Optional.empty();

    @Option(
            names = {"-n", "--lines", "--tail"},
            paramLabel = "N",
            description = "only the last so many lines")
    private Optional<Integer> lines = Optional.empty();

    @Option(names = "--raw", description = "keep escape sequences, also on a terminal")
    private boolean raw;

    @Option(names = "--text", description = "show escape sequences and control characters: escape as ^[")
    private boolean text;

    @Option(names = "--timestamps", description = "begin each line with its time, UTC; with --text")
    private boolean timestamps;

    @Option(
            names = "--search",
            paramLabel = "REGEX",
            description = "only lines in which this is found, colours and such left out; with --text")
    private Optional<String> search = Optional.empty();

    @Option(names = "--export", paramLabel = "FORMAT", description = "write a recording: asciicast, for asciinema play")
    private Optional<String> export = Optional.empty();

    @Option(names = "--verify", description = "check the log instead of showing it")
    private boolean verify;

    private Optional<HarmlessText> harmless = Optional.empty();

    LogsVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        checkOptions();
        if (verify) {
            return new LogCheck(bulkhead(), api()).run(name.map(PartitionName::parse));
        }
        PartitionName partition = PartitionName.parse(name.orElseThrow(
                () -> Refusal.of(ProblemCode.INVALID_REQUEST, "which partition? name one, or add --verify for all")));
        if (bulkhead().surroundings().outputIsTerminal() && !raw) {
            harmless = Optional.of(new HarmlessText());
        }
        Form form = form();
        String path = path(partition, form);
        Optional<BodyStream> body = open(partition, path);
        if (body.isEmpty()) {
            showRing(partition);
            return DONE;
        }
        try (BodyStream log = body.get()) {
            if (form == Form.ENTRIES) {
                showEntries(log);
            } else {
                copy(log);
            }
        }
        return DONE;
    }

    /** What is asked of the control plane, and whether it is passed on as it comes. */
    private enum Form {
        ENTRIES("entries"),
        JSON("entries"),
        TEXT("text"),
        ASCIICAST("asciicast");

        private final String word;

        Form(String word) {
            this.word = word;
        }
    }

    private Form form() {
        if (export.isPresent()) {
            return Form.ASCIICAST;
        } else if (bulkhead().wantsJson()) {
            return Form.JSON;
        }
        return text || timestamps || search.isPresent() ? Form.TEXT : Form.ENTRIES;
    }

    private void checkOptions() {
        if (bytes.isPresent() && lines.isPresent()) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--bytes and --lines exclude each other");
        }
        if (lines.isPresent() && lines.get() < 0) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--lines is 0 or more");
        }
        if (from.isPresent() && from.get() < 0) {
            throw Refusal.of(ProblemCode.INVALID_REQUEST, "--from is 0 or more");
        }
        if (export.isPresent() && !export.get().equals("asciicast")) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST, "--export does not know '" + export.get() + "'; it knows asciicast");
        }
        boolean asText = text || timestamps || search.isPresent();
        boolean asJson = bulkhead().wantsJson() && !verify;
        if (Stream.of(raw, asText, export.isPresent(), asJson)
                        .filter(each -> each)
                        .count()
                > 1) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "--raw, --text (with --timestamps and --search), --export and -o json exclude each other");
        }
    }

    private String path(PartitionName partition, Form form) {
        long now = System.currentTimeMillis();
        ZoneId zone = ZoneId.systemDefault();
        Map<String, String> query = new LinkedHashMap<>();
        query.put("form", form.word);
        from.ifPresent(offset -> query.put("from", Long.toString(offset)));
        since.ifPresent(time -> query.put("since", Long.toString(TimeText.millis("--since", time, now, zone))));
        until.ifPresent(time -> query.put("until", Long.toString(TimeText.millis("--until", time, now, zone))));
        bytes.ifPresent(size -> query.put("bytes", Long.toString(ConsoleVerb.bytes(size))));
        lines.ifPresent(count -> query.put("lines", Integer.toString(count)));
        search.ifPresent(pattern -> query.put("search", URLEncoder.encode(pattern, StandardCharsets.UTF_8)));
        if (timestamps) {
            query.put("timestamps", "true");
        }
        if (follow) {
            query.put("follow", "true");
        }
        return LogCheck.path(partition) + "?"
                + query.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining("&"));
    }

    /** The log; empty where there is none, and what is asked can be had of the manager. */
    private Optional<BodyStream> open(PartitionName partition, String path) {
        try {
            return Optional.of(api().open(path));
        } catch (Refusal e) {
            boolean isPlain = form() == Form.ENTRIES && since.isEmpty() && until.isEmpty() && from.isEmpty();
            if (e.problem().code() == ProblemCode.NOT_FOUND && isPlain) {
                return Optional.empty();
            }
            return new Partitions(api()).guessing(partition, () -> {
                throw e;
            });
        }
    }

    private void showRing(PartitionName partition) throws IOException {
        RingLog.Shown shown = new RingLog.Shown() {
            @Override
            public void output(byte[] piece) {
                put(piece);
            }

            @Override
            public void gap(long start, long end) {
                missing(end - start, "lost here");
            }
        };
        new RingLog(api(), lines, shown).show(partition, bytes.map(ConsoleVerb::bytes), follow);
    }

    private void showEntries(BodyStream log) throws IOException {
        BufferedReader entries = new BufferedReader(new InputStreamReader(log, StandardCharsets.UTF_8));
        for (String line = entries.readLine(); line != null; line = entries.readLine()) {
            try {
                if (JsonReader.read(line) instanceof Json.Obj entry) {
                    show(entry);
                }
            } catch (WireException | IllegalArgumentException e) {
                throw Refusal.of(ProblemCode.PROTOCOL_ERROR, "the log has an entry that is not understood: " + e);
            }
        }
    }

    private void show(Json.Obj entry) {
        Map<String, Json> members = entry.members();
        if (members.get("bytes") instanceof Json.Text output) {
            put(Base64.getDecoder().decode(output.value()));
        } else if (members.get("to") instanceof Json.Whole to
                && members.get("offset") instanceof Json.Whole start
                && members.get("detail") instanceof Json.Text why) {
            missing(to.value() - start.value(), "missing here: " + why.value());
        }
    }

    private void missing(long count, String why) {
        bulkhead().remark("[... " + count + " bytes of output are " + why + " ...]");
    }

    private void copy(BodyStream log) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        for (int count = log.read(piece); count >= 0; count = log.read(piece)) {
            bulkhead().surroundings().out().write(piece, 0, count);
            bulkhead().surroundings().out().flush();
        }
    }

    private void put(byte[] piece) {
        byte[] shown = harmless.map(filter -> filter.pass(piece)).orElse(piece);
        bulkhead().surroundings().out().write(shown, 0, shown.length);
        bulkhead().surroundings().out().flush();
    }
}
