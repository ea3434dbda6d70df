package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Fields.Writing;
import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.OperationRate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the block of one partition. Where there are faults, what it returns stands in for what could not be read. */
final class DefinitionReader {
    /** Stands in where a claim is faulty, and lends its rules where only one value of a claim is looked at. */
    private static final Claim ANY_CLAIM =
            new Claim(CpuClaim.Whole.of(1), ByteSize.ofMebibytes(16), PartitionSpec.DEFAULT_TASKS, IoSlice.UNLIMITED);

    private static final Map<String, CpuClaim.Threads> THREADS =
            Map.of("whole-core", CpuClaim.Threads.WHOLE_CORE, "any", CpuClaim.Threads.ANY);

    private static final Map<String, Boolean> CACHES = Map.of("one", true, "any", false);

    private static final Map<String, CoreType> TYPES =
            Map.of("performance", CoreType.PERFORMANCE, "efficiency", CoreType.EFFICIENCY);

    private static final Map<String, Init.Restart> RESTARTS =
            Map.of("always", Init.Restart.ALWAYS, "on-failure", Init.Restart.ON_FAILURE, "never", Init.Restart.NEVER);

    /** Lends its rules where only one value of a definition is looked at. */
    private static final PartitionName ANY_NAME = new PartitionName("any");

    private final Place place;
    private final Fields fields;
    private boolean complete = true;

    /**
     * Prepares to read.
     *
     * @param yaml holds the values
     * @param path of the block in it
     * @param place where the name stands
     */
    DefinitionReader(StrictYaml yaml, String path, Place place, Shape.Mapping block, List<Fault> faults) {
        this.place = place;
        this.fields = Fields.ofPartition(yaml, path, block, faults);
    }

    /** Looks at every value of a block that may get others from elsewhere. */
    void check() {
        complete = false;
        values(ANY_NAME);
    }

    /** Reads a complete definition. */
    Definition read(PartitionName name) {
        fields.require("cpus");
        fields.require("memory");
        return values(name);
    }

    private Definition values(PartitionName name) {
        StorageReader storage = new StorageReader(fields, complete);
        NetworkReader.Network network =
                new NetworkReader(fields, complete).read(Optional.of(name).filter(given -> complete));
        Claim claim = new Claim(
                cpus().orElse(ANY_CLAIM.cpus()),
                fields.value("memory", Writing.EITHER, DefinitionReader::memory).orElse(ANY_CLAIM.memory()),
                fields.value("tasks", Writing.BARE, DefinitionReader::tasks).orElse(PartitionSpec.DEFAULT_TASKS),
                io(),
                fields.value("oomGroup", Writing.BARE, Values::truth).orElse(false),
                storage.storage(),
                network.slice(),
                new ConsoleReader(fields).read());
        Init init = init();
        Optional<Integer> startOrder = startOrder();
        PartitionSpec spec = new PartitionSpec(
                name,
                claim,
                init,
                autostart() || startOrder.isPresent(),
                fields.value("opt", Writing.BARE, Values::truth).orElse(false),
                fields.value("stopTimeout", Writing.EITHER, DefinitionReader::stopTimeout)
                        .orElse(PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS),
                fields.value("description", Writing.TEXT, DefinitionReader::description),
                startOrder,
                network.access(),
                storage.shares(),
                new HardeningReader(fields).read());
        return new Definition(spec, fields.value("rootPassword", Writing.TEXT, PasswordHash::check), place);
    }

    private boolean autostart() {
        Optional<Shape> shape = fields.shape("autostart");
        return shape.isPresent()
                && !(shape.get() instanceof Shape.Mapping)
                && fields.value("autostart", Writing.BARE, Values::truth).orElse(false);
    }

    private Optional<Integer> startOrder() {
        Optional<Shape> shape = fields.shape("autostart");
        return shape.isPresent() && shape.get() instanceof Shape.Mapping
                ? fields.below("autostart")
                        .flatMap(block -> block.value(
                                "order",
                                Writing.BARE,
                                text -> Values.wholeNumber(text, 0, PartitionSpec.LAST_START_ORDER)))
                : Optional.empty();
    }

    private Optional<CpuClaim> cpus() {
        Optional<Shape> shape = fields.shape("cpus");
        if (shape.isEmpty() || !(shape.get() instanceof Shape.Mapping)) {
            return fields.value("cpus", Writing.BARE, CpuText::parse);
        }
        Optional<Fields> block = fields.below("cpus");
        if (block.isEmpty()) {
            return Optional.empty();
        }
        Fields cpus = block.get();
        Optional<CpuClaim> part = cpus.value("part", Writing.BARE, CpuText::part);
        Optional<Integer> count = cpus.value("count", Writing.BARE, text -> Values.wholeNumber(text, 1, 8192));
        Optional<Integer> node = cpus.value("node", Writing.BARE, text -> Values.wholeNumber(text, 0, 8191));
        Optional<Boolean> oneCache = cpus.value("cache", Writing.EITHER, Values.oneOf(CACHES));
        Optional<CoreType> type = cpus.value("type", Writing.EITHER, Values.oneOf(TYPES));
        Optional<String> near = cpus.value("near", Writing.TEXT, DefinitionReader::device);
        Optional<CpuClaim.Threads> threads = cpus.value("threads", Writing.EITHER, Values.oneOf(THREADS));
        Optional<CpuSet> ids = cpus.value("ids", Writing.EITHER, DefinitionReader::ids);
        Optional<Boolean> isolated = cpus.value("isolated", Writing.BARE, Values::truth);
        if (!complete) {
            return Optional.empty();
        }
        if (cpus.has("part")) {
            List.of("count", "node", "cache", "type", "near", "threads", "ids", "isolated").stream()
                    .filter(cpus::has)
                    .forEach(other -> cpus.shape(other)
                            .ifPresent(value -> cpus.fault(
                                    other, value.place(), "belongs to whole CPUs and cannot stand beside part")));
            return part;
        }
        if (!cpus.has("count") && !cpus.has("ids")) {
            fields.fault("cpus", shape.get().place(), "needs count or ids, or part" + fields.allowed("cpus"));
            return Optional.empty();
        }
        if (count.isEmpty() && ids.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CpuClaim.Whole(
                    count.orElseGet(() -> ids.orElseThrow().size()),
                    threads.orElse(CpuClaim.Threads.WHOLE_CORE),
                    node,
                    ids,
                    isolated.orElse(false),
                    oneCache.orElse(false),
                    type,
                    near));
        } catch (IllegalArgumentException e) {
            fields.fault("cpus", shape.get().place(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private IoSlice io() {
        return fields.below("io")
                .map(io -> new IoSlice(
                        Values.limit(io, "read", ByteRate::parse),
                        Values.limit(io, "write", ByteRate::parse),
                        Values.limit(io, "readOps", OperationRate::parse),
                        Values.limit(io, "writeOps", OperationRate::parse)))
                .orElse(IoSlice.UNLIMITED);
    }

    private Init init() {
        Optional<Shape> shape = fields.shape("init");
        if (shape.isEmpty() || !(shape.get() instanceof Shape.Mapping)) {
            return fields.value("init", Writing.EITHER, DefinitionReader::plainInit)
                    .orElse(new Init.Shell());
        }
        Optional<Fields> block = fields.below("init");
        if (block.isEmpty()) {
            return new Init.Shell();
        }
        Fields init = block.get();
        Optional<List<String>> command = init.texts("service");
        Optional<Init.Restart> restart = init.value("restart", Writing.EITHER, Values.oneOf(RESTARTS));
        Optional<List<String>> mask = init.below("systemd").flatMap(systemd -> systemd.texts("mask"));
        if (complete && init.has("service") == init.has("systemd")) {
            fields.fault(
                    "init", shape.get().place(), "needs exactly one of service and systemd" + fields.allowed("init"));
        } else if (complete && init.has("systemd") && init.has("restart")) {
            init.fault("restart", init.shape("restart").orElseThrow().place(), "belongs to a service only");
        }
        if (init.has("service")) {
            return made(
                    "init.service",
                    init.shape("service"),
                    command,
                    words -> new Init.Service(words, restart.orElse(Init.Restart.ALWAYS)));
        }
        return made("init.systemd.mask", init.shape("systemd"), mask, Init.Systemd::new);
    }

    private Init made(
            String key, Optional<Shape> shape, Optional<List<String>> words, Function<List<String>, Init> maker) {
        try {
            return words.map(maker).orElse(new Init.Shell());
        } catch (IllegalArgumentException e) {
            fields.fault(key, shape.orElseThrow().place(), String.valueOf(e.getMessage()));
            return new Init.Shell();
        }
    }

    private static Init plainInit(String text) {
        return switch (text) {
            case "shell" -> new Init.Shell();
            case "systemd" -> new Init.Systemd(List.of());
            case "service" ->
                throw new IllegalArgumentException(
                        "a service needs its command: {service: [/usr/bin/program, argument]}");
            default -> throw new IllegalArgumentException("there is no init '" + text + "'");
        };
    }

    private static ByteSize memory(String text) {
        return new Claim(ANY_CLAIM.cpus(), ByteSize.parse(text), ANY_CLAIM.tasks(), IoSlice.UNLIMITED).memory();
    }

    private static int tasks(String text) {
        return new Claim(
                        ANY_CLAIM.cpus(),
                        ANY_CLAIM.memory(),
                        Values.wholeNumber(text, 0, Integer.MAX_VALUE),
                        IoSlice.UNLIMITED)
                .tasks();
    }

    private static long stopTimeout(String text) {
        return spec(DurationText.parseMillis(text), Optional.empty()).stopTimeoutMillis();
    }

    private static String description(String text) {
        return spec(PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS, Optional.of(text))
                .description()
                .orElseThrow();
    }

    /** A definition that has nothing of its own but two values, for its rules on them. */
    private static PartitionSpec spec(long stopTimeoutMillis, Optional<String> description) {
        return new PartitionSpec(ANY_NAME, ANY_CLAIM, new Init.Shell(), false, false, stopTimeoutMillis, description);
    }

    private static String device(String text) {
        return CpuClaim.Whole.of(1).near(text).near().orElseThrow();
    }

    private static CpuSet ids(String text) {
        CpuSet ids = CpuSet.parse(text);
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("names no CPU");
        }
        return ids;
    }
}
