package io.bulkhead.console.cli;

import io.bulkhead.broker.HostView;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.console.map.CpuTable;
import io.bulkhead.console.map.DeviceTables;
import io.bulkhead.console.map.MemoryBars;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Words;
import io.bulkhead.console.text.Wrapping;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.HostStatus;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.Limit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The machine as a text: CPUs with their owners, memory, disks, networks, and what can be enforced. */
final class HostMap {
    private final HostView answer;
    private final InventoryFile file;
    private final boolean colour;
    private final int width;

    /**
     * @param answer of {@code GET /v1/host}
     * @param file of {@code GET /v1/host/inventory}
     * @param width columns of the terminal
     */
    HostMap(HostView answer, InventoryFile file, boolean colour, int width) {
        this.answer = answer;
        this.file = file;
        this.colour = colour;
        this.width = width;
    }

    @Override
    public String toString() {
        DeviceTables devices = new DeviceTables(file, width);
        StringBuilder out = new StringBuilder(wrapped(title())).append('\n');
        out.append(new CpuTable(answer, file.inventory().caches(), width).render(colour))
                .append('\n');
        out.append(wrapped(owners())).append('\n');
        out.append(new MemoryBars(answer, file, width).render()).append('\n');
        String tables = devices.render(colour);
        out.append(tables).append(tables.isEmpty() ? "" : "\n");
        out.append(enforcement().render(colour, width));
        String remarks = devices.remarks();
        return out.append(remarks.isEmpty() ? "" : "\n")
                .append(remarks)
                .append(steering(answer.host().steering()))
                .append(memoryCaps(answer.host().memoryCaps()))
                .toString();
    }

    private String title() {
        HostStatus host = answer.host();
        return String.format(
                "%s: kernel %s, %s, cgroups %s, %d CPUs, %s%s",
                host.instance(),
                host.kernel(),
                file.inventory().architecture(),
                host.cgroups(),
                host.online().size(),
                Words.size(answer.memory().total()),
                host.disk()
                        .map(disk -> ", disk " + disk.name() + " (" + disk.device() + ")")
                        .orElse(""));
    }

    private String wrapped(String text) {
        return Wrapping.indented(text, " ", width, 2) + "\n";
    }

    private Table enforcement() {
        Table table = new Table("RESOURCE", "STRENGTH", "HOW");
        answer.host()
                .enforcement()
                .forEach(each ->
                        table.row(Words.constant(each.resource()), Words.constant(each.strength()), each.how()));
        return table;
    }

    private String steering(HostStatus.Steering steering) {
        StringBuilder text = new StringBuilder("interrupts: ");
        if (!steering.on()) {
            text.append("not kept off whole CPUs; ").append(steering.reason().orElse(""));
        } else if (steering.cpus().isEmpty()) {
            text.append("kept off whole CPUs, of which none is held");
        } else {
            text.append("kept off CPUs ").append(steering.cpus());
            steering.workqueues().ifPresent(cpus -> text.append("; unbound workqueues on CPUs ")
                    .append(cpus));
        }
        StringBuilder out = new StringBuilder("\n").append(wrapped(text.toString()));
        if (!steering.stuck().isEmpty()) {
            Table table = new Table("INTERRUPT>", "NAME", "ON CPUS", "REASON");
            steering.stuck()
                    .forEach(each -> table.row(
                            Cell.of(each.number()),
                            Cell.of(each.name()),
                            Cell.of(each.cpus().toString()),
                            Cell.of(each.reason())));
            out.append(table.render(colour, width));
        }
        return out.toString();
    }

    private String memoryCaps(HostStatus.MemoryCaps caps) {
        if (!caps.on()) {
            return "\n"
                    + wrapped("host's own groups: no caps on their memory; "
                            + caps.reason().orElse(""));
        }
        StringBuilder out = new StringBuilder("\n")
                .append(wrapped("host's own groups: "
                        + caps.cap()
                                .map(cap -> Words.size(cap) + " of memory each at most, so that slices keep theirs")
                                .orElse("no caps on their memory while nothing is sliced")));
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
            out.append(table.render(colour, width));
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

    /** Who has how many CPUs; free comes last. */
    private String owners() {
        Map<String, CpuSet> sets = new TreeMap<>();
        answer.owners().forEach(owner -> sets.merge(owner.owner(), CpuSet.of(owner.cpu()), CpuSet::union));
        CpuSet free = sets.getOrDefault(HostView.FREE, CpuSet.EMPTY);
        sets.remove(HostView.FREE);
        String text = sets.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue().size() + " + ")
                .collect(Collectors.joining());
        return "CPUs: " + text + HostView.FREE + " " + free.size() + " = "
                + answer.owners().size();
    }
}
