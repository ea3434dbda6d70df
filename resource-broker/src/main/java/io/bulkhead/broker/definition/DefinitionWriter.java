package io.bulkhead.broker.definition;

import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes definitions as YAML that {@link DefinitionLoader} reads back as the same: printable ASCII, defaults left out,
 * keys in the order of {@link DefinitionKey#ALL}. Passwords are not part of a {@link PartitionSpec} and never written.
 */
public final class DefinitionWriter {
    /** Text that every YAML reader takes for text, without quotes. */
    private static final Pattern PLAIN =
            Pattern.compile("/[A-Za-z0-9_./-]*|[a-z]{3,}[a-z0-9]*(-[a-z0-9]+)*\\.[a-z]{4,}");

    /** Names of partitions that YAML 1.1 takes for truth values or nothing. */
    private static final Set<String> NOT_TEXT = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private DefinitionWriter() {}

    /** The text of a file with these partitions, in the order given. */
    public static String write(List<PartitionSpec> partitions) {
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException("a file of definitions has at least one partition");
        }
        return partitions.stream().map(DefinitionWriter::block).collect(Collectors.joining("", "partitions:\n", ""));
    }

    /** The text of a file with this partition alone. */
    public static String write(PartitionSpec partition) {
        return write(List.of(partition));
    }

    private static String block(PartitionSpec spec) {
        Claim claim = spec.claim();
        List<String> lines = new ArrayList<>();
        spec.description().ifPresent(text -> lines.add("description: " + quoted(text)));
        lines.add("cpus: " + cpus(claim.cpus()));
        lines.add("memory: " + claim.memory());
        if (claim.oomGroup()) {
            lines.add("oomGroup: true");
        }
        lines.add("tasks: " + claim.tasks());
        io(claim.io()).ifPresent(text -> lines.add("io: " + text));
        lines.addAll(WallText.storage(spec));
        WallText.network(spec).ifPresent(text -> lines.add("network: " + text));
        claim.console().ifPresent(console -> lines.add("console: " + console(console)));
        lines.addAll(init(spec.init()));
        if (spec.autostart()) {
            lines.add("autostart: " + autostart(spec));
        }
        if (spec.hostOpt()) {
            lines.add("opt: true");
        }
        spec.hardening().ifPresent(hardening -> lines.add("hardening: " + WallText.hardening(hardening)));
        lines.add("stopTimeout: " + DurationText.format(spec.stopTimeoutMillis()));
        String name = spec.name().value();
        return "  " + key(name) + ":\n"
                + lines.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }

    /** A name as a key. */
    static String key(String name) {
        return NOT_TEXT.contains(name) ? quoted(name) : name;
    }

    private static String autostart(PartitionSpec spec) {
        return spec.startOrder().map(order -> "{order: " + order + "}").orElse(Boolean.toString(spec.autostart()));
    }

    /**
     * What a definition says, defaults included: the text of each value on one line, as it could stand in a file, by the
     * path of its key. Where two definitions say the same, they are the same.
     */
    public static Map<String, String> values(PartitionSpec spec) {
        Claim claim = spec.claim();
        Map<String, String> values = new LinkedHashMap<>();
        values.put(
                "description", spec.description().map(DefinitionWriter::quoted).orElse("none"));
        values.put("cpus", cpus(claim.cpus()));
        values.put("memory", claim.memory().toString());
        values.put("oomGroup", Boolean.toString(claim.oomGroup()));
        values.put("tasks", Integer.toString(claim.tasks()));
        values.put("io.read", claim.io().read().toString());
        values.put("io.write", claim.io().write().toString());
        values.put("io.readOps", claim.io().readOperations().toString());
        values.put("io.writeOps", claim.io().writeOperations().toString());
        WallText.putStorageAndNetwork(spec, values);
        ConsoleSlice console = claim.console().orElse(ConsoleSlice.DEFAULT);
        values.put("console.rate", console.rate().toString());
        values.put("console.history", console.history().map(ByteSize::toString).orElse("as the settings say"));
        values.put("init", initOnOneLine(spec.init()));
        values.put("autostart", autostart(spec));
        values.put("opt", Boolean.toString(spec.hostOpt()));
        values.put("hardening", spec.hardening().map(WallText::hardening).orElse("as built in"));
        values.put("stopTimeout", DurationText.format(spec.stopTimeoutMillis()));
        return values;
    }

    private static String initOnOneLine(Init init) {
        if (init instanceof Init.Service service) {
            return "{service: " + list(service.command()) + ", restart: " + RecordCodec.constantName(service.restart())
                    + "}";
        }
        return init instanceof Init.Systemd systemd && !systemd.maskedUnits().isEmpty()
                ? "{systemd: {mask: " + list(systemd.maskedUnits()) + "}}"
                : init.kind();
    }

    static String list(List<String> words) {
        return words.stream().map(DefinitionWriter::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String cpus(CpuClaim claim) {
        if (claim instanceof CpuClaim.Part part) {
            return part.amount().millis() % 1000 == 0
                    ? "{part: " + part.amount() + "}"
                    : part.amount().toString();
        }
        CpuClaim.Whole whole = (CpuClaim.Whole) claim;
        if (whole.equals(CpuClaim.Whole.of(whole.count()))) {
            return Integer.toString(whole.count());
        }
        List<String> parts = new ArrayList<>();
        parts.add("count: " + whole.count());
        whole.node().ifPresent(node -> parts.add("node: " + node));
        if (whole.oneCache()) {
            parts.add("cache: one");
        }
        whole.coreType().ifPresent(type -> parts.add("type: " + RecordCodec.constantName(type)));
        whole.near().ifPresent(device -> parts.add("near: " + quoted(device)));
        if (whole.threads() == CpuClaim.Threads.ANY) {
            parts.add("threads: any");
        }
        whole.ids().ifPresent(ids -> parts.add("ids: \"" + ids + "\""));
        if (whole.isolated()) {
            parts.add("isolated: true");
        }
        return flow(parts);
    }

    private static Optional<String> io(IoSlice io) {
        List<String> parts = new ArrayList<>();
        limit("read", io.read(), parts);
        limit("write", io.write(), parts);
        limit("readOps", io.readOperations(), parts);
        limit("writeOps", io.writeOperations(), parts);
        return parts.isEmpty() ? Optional.empty() : Optional.of(flow(parts));
    }

    private static String console(ConsoleSlice console) {
        List<String> parts = new ArrayList<>();
        parts.add("rate: " + console.rate());
        console.history().ifPresent(history -> parts.add("history: " + history));
        return flow(parts);
    }

    static void limit(String name, Limit<?> limit, List<String> parts) {
        if (limit.isLimited()) {
            parts.add(name + ": " + limit);
        }
    }

    private static List<String> init(Init init) {
        List<String> lines = new ArrayList<>();
        if (init instanceof Init.Shell) {
            lines.add("init: shell");
        } else if (init instanceof Init.Systemd systemd && systemd.maskedUnits().isEmpty()) {
            lines.add("init: systemd");
        } else if (init instanceof Init.Systemd systemd) {
            lines.add("init:");
            lines.add("  systemd:");
            lines.add("    mask:");
            systemd.maskedUnits().forEach(unit -> lines.add("      - " + text(unit)));
        } else if (init instanceof Init.Service service) {
            lines.add("init:");
            lines.add("  service:");
            service.command().forEach(word -> lines.add("    - " + text(word)));
            lines.add("  restart: " + RecordCodec.constantName(service.restart()));
        }
        return lines;
    }

    static String flow(List<String> parts) {
        return "{" + String.join(", ", parts) + "}";
    }

    static String text(String text) {
        return PLAIN.matcher(text).matches() ? text : quoted(text);
    }

    /** The double-quoted style of YAML 1.1, section 9.1: everything but printable ASCII is escaped. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').append((char) point);
            } else if (point == '\n') {
                quoted.append("\\n");
            } else if (point >= 0x20 && point < 0x7f) {
                quoted.append((char) point);
            } else if (point <= 0xffff) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", point));
            }
        });
        return quoted.append('"').toString();
    }
}
