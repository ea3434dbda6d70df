package io.bulkhead.console.cli;

import io.bulkhead.broker.definition.CpuText;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.Claim;
import io.bulkhead.contract.partition.ConsoleSlice;
import io.bulkhead.contract.partition.CpuClaim;
import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.OperationRate;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bulkhead define}. */
@Command(
        name = "define",
        description =
                "Defines a partition and takes its slice from the free hardware now, unless --no-bind says not to;"
                        + " does not start it.",
        footer = {
            "",
            "Whole CPUs (--cpus 2) are the partition's alone; a part (--cpus 0.5) is of the pool that the host shares.",
            "For example: bulkhead define db --cpus 1 --memory 1GiB --io-write 20MiB/s --service /usr/sbin/mydb --"
                    + " --verbose",
            "         bulkhead define web --cpus 0.5 --memory 1GiB --storage 4GiB --network in=100Mbit/s,out=20Mbit/s"
                    + " --publish 8080:80"
        })
final class DefineVerb extends Verb {
    /** What keeps {@code PUT /v1/partitions/NAME} from taking a slice. */
    static final String UNBOUND = "?bind=false";

    @Parameters(index = "0", paramLabel = "NAME", description = "also the hostname: 1 to 32 of a-z, 0-9 and -")
    private String name = "";

    @Option(names = "--cpus", required = true, paramLabel = "N", description = "whole CPUs like 2, or a part like 0.5")
    private String cpus = "";

    @Option(names = "--cpu-ids", paramLabel = "LIST", description = "exactly these CPUs, like 2-3")
    private Optional<String> cpuIds = Optional.empty();

    @Option(names = "--node", paramLabel = "NODE", description = "the NUMA node that the CPUs must be on")
    private Optional<Integer> node = Optional.empty();

    @Option(names = "--one-cache", description = "all CPUs must have the same last-level cache")
    private boolean oneCache;

    @Option(
            names = "--core-type",
            paramLabel = "TYPE",
            description = "performance or efficiency cores, where there are both")
    private Optional<String> coreType = Optional.empty();

    @Option(
            names = "--near",
            paramLabel = "DEVICE",
            description = "the disk or network interface that the CPUs are to be close to, like nvme0n1")
    private Optional<String> near = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "HOW",
            description = "whole-core (default), or any: owners may share a core")
    private String threads = "whole-core";

    @Option(
            names = "--isolated",
            description =
                    "no balancing of load between its whole CPUs, for programs that pin their threads (cgroup v2)")
    private boolean isolated;

    @Option(names = "--memory", required = true, paramLabel = "SIZE", description = "RAM, like 512MiB")
    private String memory = "";

    @Option(names = "--oom-group", description = "kill all of it when the kernel kills a part of it (cgroup v2)")
    private boolean oomGroup;

    @Option(names = "--tasks", paramLabel = "N", description = "processes and threads (default: ${DEFAULT-VALUE})")
    private int tasks = PartitionSpec.DEFAULT_TASKS;

    @Option(names = "--io-read", paramLabel = "RATE", description = "bytes read from the disk, like 50MiB/s")
    private Optional<String> ioRead = Optional.empty();

    @Option(names = "--io-write", paramLabel = "RATE", description = "bytes written to the disk")
    private Optional<String> ioWrite = Optional.empty();

    @Option(names = "--io-read-ops", paramLabel = "RATE", description = "reads from the disk, like 500/s")
    private Optional<String> ioReadOperations = Optional.empty();

    @Option(names = "--io-write-ops", paramLabel = "RATE", description = "writes to the disk")
    private Optional<String> ioWriteOperations = Optional.empty();

    @Mixin
    private final WallOptions walls = new WallOptions();

    @Option(names = "--init", paramLabel = "KIND", description = "shell (default) or systemd; --service says service")
    private Optional<String> init = Optional.empty();

    @Option(
            names = "--service",
            paramLabel = "PROGRAM",
            description = "a supervised program, by absolute path; its arguments stand behind --")
    private Optional<String> service = Optional.empty();

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "ARG", description = "of the service, behind --")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--restart",
            paramLabel = "WHEN",
            description = "always (default), on-failure or never; of --service")
    private String restart = "always";

    @Option(names = "--mask", paramLabel = "UNIT", description = "a unit that systemd must not start; may be repeated")
    private List<String> masked = new ArrayList<>();

    @Option(
            names = "--no-bind",
            description = "take no slice: define it only, or change the definition of one that holds no slice")
    private boolean noBind;

    @Option(names = "--autostart", description = "start it with the manager")
    private boolean autostart;

    @Option(
            names = "--start-order",
            paramLabel = "N",
            description = "its turn with --autostart, 0 to 1000, lower ones first (default: 100)")
    private Optional<Integer> startOrder = Optional.empty();

    @Option(names = "--host-opt", description = "show the host's /opt in it, read-only")
    private boolean hostOpt;

    @Option(names = "--stop-timeout", paramLabel = "SECONDS", description = "for an orderly stop (default: 10)")
    private Optional<Integer> stopTimeoutSeconds = Optional.empty();

    @Option(names = "--description", paramLabel = "TEXT", description = "one line")
    private Optional<String> description = Optional.empty();

    @Option(
            names = "--console-rate",
            paramLabel = "RATE",
            description = "what its console may put out, like 4MiB/s, or unlimited (default: 4MiB/s)")
    private Optional<String> consoleRate = Optional.empty();

    @Option(
            names = "--console-history",
            paramLabel = "SIZE",
            description = "how much of its console's newest output is kept (default: as the settings say)")
    private Optional<String> consoleHistory = Optional.empty();

    DefineVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        PartitionSpec spec = spec();
        Json answer = new LongWork(bulkhead())
                .run(
                        "PUT",
                        Partitions.path(spec.name()) + (noBind ? UNBOUND : ""),
                        Optional.of(body(spec)),
                        spec.name() + ": define");
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
        } else {
            bulkhead()
                    .remark(spec.name() + ": "
                            + Partitions.decode(answer)
                                    .slice()
                                    .map(slice -> "defined, holds " + slice.cpus() + " and " + slice.memory()
                                            + "; 'bulkhead start " + spec.name() + "' boots it")
                                    .orElse("defined, holds nothing; 'bulkhead bind " + spec.name()
                                            + "' takes its slice"));
        }
        return DONE;
    }

    /** The body of {@code PUT /v1/partitions/NAME}. */
    static Json.Obj body(PartitionSpec spec) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("definition", RecordCodec.encode(spec));
        return new Json.Obj(members);
    }

    private Optional<ConsoleSlice> console() {
        return Optional.of(new ConsoleSlice(
                consoleRate
                        .map(text -> text.equals(Limit.UNLIMITED)
                                ? Limit.<ByteRate>unlimited()
                                : Limit.of(ByteRate.parse(text)))
                        .orElse(ConsoleSlice.DEFAULT.rate()),
                consoleHistory.map(ByteSize::parse)));
    }

    private PartitionSpec spec() {
        IoSlice io = new IoSlice(
                limit(ioRead, ByteRate::parse),
                limit(ioWrite, ByteRate::parse),
                limit(ioReadOperations, OperationRate::parse),
                limit(ioWriteOperations, OperationRate::parse));
        return new PartitionSpec(
                PartitionName.parse(name),
                new Claim(
                        claim(),
                        ByteSize.parse(memory),
                        tasks,
                        io,
                        oomGroup,
                        walls.storage(),
                        walls.network(),
                        console()),
                init(),
                autostart,
                hostOpt,
                stopTimeoutSeconds
                        .map(seconds -> Math.multiplyExact((long) seconds, 1000))
                        .orElse(PartitionSpec.DEFAULT_STOP_TIMEOUT_MILLIS),
                description,
                startOrder,
                walls.access(),
                walls.shares(),
                walls.hardening());
    }

    private CpuClaim claim() {
        CpuClaim.Threads division = constant(CpuClaim.Threads.class, threads, "--threads");
        if (cpus.matches("[0-9]{1,5}")) {
            return new CpuClaim.Whole(
                    Integer.parseInt(cpus),
                    division,
                    node,
                    cpuIds.map(CpuSet::parse),
                    isolated,
                    oneCache,
                    coreType.map(type -> constant(CoreType.class, type, "--core-type")),
                    near);
        }
        if (cpuIds.isPresent()
                || node.isPresent()
                || isolated
                || oneCache
                || coreType.isPresent()
                || near.isPresent()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "a part of a CPU comes from the pool: --cpu-ids, --node, --one-cache, --core-type,"
                            + " --near and --isolated go with whole CPUs only");
        }
        return CpuText.parse(cpus);
    }

    private Init init() {
        String kind = init.orElse(service.isEmpty() ? "shell" : "service");
        if (kind.equals("service") != service.isPresent() || (service.isEmpty() && !arguments.isEmpty())) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    "init service, --service PROGRAM and arguments behind -- go together",
                    "write it like --service /usr/sbin/mydb -- --verbose");
        }
        return switch (kind) {
            case "shell" -> new Init.Shell();
            case "systemd" -> new Init.Systemd(masked);
            case "service" -> new Init.Service(command(), constant(Init.Restart.class, restart, "--restart"));
            default ->
                throw Refusal.of(
                        ProblemCode.INVALID_REQUEST, "there is no init '" + kind + "'; use shell, systemd or service");
        };
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        service.ifPresent(command::add);
        command.addAll(arguments);
        return command;
    }

    static <T> Limit<T> limit(Optional<String> text, Function<String, T> parser) {
        return text.filter(each -> !each.equals(Limit.UNLIMITED))
                .<Limit<T>>map(each -> Limit.of(parser.apply(each)))
                .orElseGet(Limit::unlimited);
    }

    private static <T extends Enum<T>> T constant(Class<T> type, String word, String option) {
        try {
            return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    Problem.of(
                            ProblemCode.INVALID_REQUEST,
                            option + " does not know '" + word + "'; use "
                                    + String.join(
                                            ", ",
                                            Arrays.stream(type.getEnumConstants())
                                                    .map(RecordCodec::constantName)
                                                    .toList())),
                    e);
        }
    }
}
