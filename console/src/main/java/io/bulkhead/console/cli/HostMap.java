package io.bulkhead.console.cli;

import io.bulkhead.broker.HostView;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.Topology;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The machine as a text: CPUs by package, node and core with their owners, a bar of the memory, what can be enforced. */
final class HostMap {
    private static final int BAR_WIDTH = 48;

    private final HostView answer;
    private final boolean colour;

    HostMap(HostView answer, boolean colour) {
        this.answer = answer;
        this.colour = colour;
    }

    @Override
    public String toString() {
        HostStatus host = answer.host();
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                "%s: kernel %s, cgroups %s, %d CPUs, %s%s%n%n",
                host.instance(),
                host.kernel(),
                host.cgroups(),
                host.online().size(),
                Words.size(answer.memory().total()),
                host.disk()
                        .map(disk -> ", disk " + disk.name() + " (" + disk.device() + ")")
                        .orElse("")));
        out.append(cpus().render(colour)).append('\n');
        out.append(owners()).append('\n');
        HostView.Pool pool = answer.pool();
        out.append(bar(
                        "pool",
                        pool.host().millis(),
                        pool.partitions().millis(),
                        pool.free().millis()))
                .append(String.format(
                        "       CPUs %s: host %s + partitions %s + free %s = %s CPU%n",
                        pool.cpus(), pool.host(), pool.partitions(), pool.free(), pool.total()));
        HostView.Memory memory = answer.memory();
        out.append(bar(
                        "memory",
                        memory.host().bytes(),
                        memory.partitions().bytes(),
                        memory.free().bytes()))
                .append(String.format(
                        "       host %s + partitions %s + free %s = %s%n%n",
                        Words.size(memory.host()),
                        Words.size(memory.partitions()),
                        Words.size(memory.free()),
                        Words.size(memory.total())));
        Table enforcement = new Table("RESOURCE", "STRENGTH", "HOW");
        host.enforcement()
                .forEach(each ->
                        enforcement.row(Words.constant(each.resource()), Words.constant(each.strength()), each.how()));
        return out.append(enforcement.render(colour))
                .append(steering(host.steering()))
                .append(memoryCaps(host.memoryCaps()))
                .toString();
    }

    private String steering(HostStatus.Steering steering) {
        StringBuilder out = new StringBuilder("\ninterrupts: ");
        if (!steering.on()) {
            out.append("not kept off whole CPUs; ").append(steering.reason().orElse(""));
        } else if (steering.cpus().isEmpty()) {
            out.append("kept off whole CPUs, of which none is held");
        } else {
            out.append("kept off CPUs ").append(steering.cpus());
            steering.workqueues().ifPresent(cpus -> out.append("; unbound workqueues on CPUs ")
                    .append(cpus));
        }
        out.append('\n');
        if (!steering.stuck().isEmpty()) {
            Table table = new Table("INTERRUPT>", "NAME", "ON CPUS", "REASON");
            steering.stuck()
                    .forEach(each -> table.row(
                            Cell.of(each.number()),
                            Cell.of(each.name()),
                            Cell.of(each.cpus().toString()),
                            Cell.of(each.reason())));
            out.append(table.render(colour));
        }
        return out.toString();
    }

    private String memoryCaps(HostStatus.MemoryCaps caps) {
        if (!caps.on()) {
            return "\nhost's own groups: no caps on their memory; "
                    + caps.reason().orElse("") + "\n";
        }
        StringBuilder out = new StringBuilder("\nhost's own groups: ")
                .append(caps.cap()
                        .map(cap -> Words.size(cap) + " of memory each at most, so that slices keep theirs\n")
                        .orElse("no caps on their memory while nothing is sliced\n"));
        if (!caps.groups().isEmpty()) {
            Table table = new Table("GROUP", "MAX>", "BEFORE>", "USED>", "REMARK");
            List<HostStatus.MemoryCap> worthALine =
                    caps.groups().stream().filter(HostMap::worthALine).toList();
            worthALine.forEach(each -> table.row(
                    Cell.of(each.group()),
                    Cell.of(each.max().fold(Words::size, Limit.UNLIMITED)),
                    Cell.of(each.before().fold(Words::size, Limit.UNLIMITED)),
                    Cell.of(Words.size(each.used())),
                    Cell.of(each.remark().orElse(""))));
            out.append(table.render(colour));
            int others = caps.groups().size() - worthALine.size();
            if (others > 0) {
                out.append("and ").append(others).append(" that use less than 1 MiB\n");
            }
        }
        return out.toString();
    }

    /** systemd has a group for each of its mounts, with next to nothing inside. */
    private static boolean worthALine(HostStatus.MemoryCap group) {
        return group.remark().isPresent() || group.used().compareTo(ByteSize.ofMebibytes(1)) >= 0;
    }

    /** One line per core; runs of cores with the same owner are one line where there are many. */
    private Table cpus() {
        Map<Integer, HostView.Owner> byCpu =
                answer.owners().stream().collect(Collectors.toMap(HostView.Owner::cpu, each -> each));
        Table table = new Table("PACKAGE>", "NODE>", "CORES", "CPUS", "OWNER");
        Run run = null;
        for (Topology.Core core : answer.topology().cores()) {
            String owner = owner(core.threads(), byCpu);
            if (run == null || !run.continues(core, owner)) {
                if (run != null) {
                    row(table, run);
                }
                run = new Run(core.packageId(), core.nodeId(), core.coreId(), core.coreId(), core.threads(), owner);
            } else {
                run = run.with(core);
            }
        }
        if (run != null) {
            row(table, run);
        }
        return table;
    }

    private record Run(int packageId, int nodeId, int firstCore, int lastCore, CpuSet threads, String owner) {
        boolean continues(Topology.Core core, String itsOwner) {
            return core.packageId() == packageId && core.nodeId() == nodeId && itsOwner.equals(owner);
        }

        Run with(Topology.Core core) {
            return new Run(packageId, nodeId, firstCore, core.coreId(), threads.union(core.threads()), owner);
        }
    }

    private static void row(Table table, Run run) {
        table.row(
                Cell.of(run.packageId()),
                Cell.of(run.nodeId()),
                Cell.of(
                        run.firstCore() == run.lastCore()
                                ? "" + run.firstCore()
                                : run.firstCore() + "-" + run.lastCore()),
                Cell.of(run.threads().toString()),
                new Cell(run.owner(), run.owner().equals(HostView.FREE) ? Tone.GOOD : Tone.PLAIN));
    }

    private static String owner(CpuSet threads, Map<Integer, HostView.Owner> byCpu) {
        return threads.stream()
                .mapToObj(byCpu::get)
                .map(owner -> owner == null ? "unknown" : owner.shared() ? owner.owner() + " (pool)" : owner.owner())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private String owners() {
        Map<String, CpuSet> sets = new TreeMap<>();
        answer.owners().forEach(owner -> sets.merge(owner.owner(), CpuSet.of(owner.cpu()), CpuSet::union));
        Map<String, CpuSet> ordered = new LinkedHashMap<>();
        new TreeSet<>(sets.keySet())
                .stream()
                        .filter(name -> !name.equals(HostView.FREE))
                        .forEach(name -> ordered.put(name, sets.get(name)));
        ordered.put(HostView.FREE, sets.getOrDefault(HostView.FREE, CpuSet.EMPTY));
        String text = ordered.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue().size())
                .collect(Collectors.joining(" + "));
        return "CPUs: " + text + " = " + answer.owners().size() + "\n";
    }

    /** {@code #} the host's, {@code =} the partitions', {@code .} free; every part that is not nothing gets a column. */
    private static String bar(String name, long host, long partitions, long free) {
        long total = Math.max(1, host + partitions + free);
        int hostColumns = columns(host, total);
        int partitionColumns = Math.min(columns(partitions, total), BAR_WIDTH - hostColumns);
        return String.format("%-6s ", name) + "[" + "#".repeat(hostColumns) + "=".repeat(partitionColumns)
                + ".".repeat(BAR_WIDTH - hostColumns - partitionColumns) + "]\n";
    }

    private static int columns(long part, long total) {
        return part == 0
                ? 0
                : (int) Math.max(1, Math.min(BAR_WIDTH - 1L, Math.round((double) part * BAR_WIDTH / total)));
    }
}
