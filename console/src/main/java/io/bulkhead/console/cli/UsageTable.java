package io.bulkhead.console.cli;

import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.partition.Intrusion;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionUsage;
import io.bulkhead.contract.partition.Pressure;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What partitions used between two measurements, as a table. Pure; shares are thousandths until they are text. */
final class UsageTable {
    /** From here on, and beyond its error, an intrusion is coloured. */
    private static final long NOTABLE_PER_MILLE = 5;

    private final Order order;
    private final boolean colour;

    /** By what the rows are sorted: the largest first, names ascending. */
    enum Order {
        cpu,
        memory,
        tasks,
        intrusion,
        pressure,
        name;

        /** The one whose first letter is that key. */
        static Optional<Order> ofKey(int key) {
            return Arrays.stream(values())
                    .filter(order -> order.name().charAt(0) == Character.toLowerCase(key))
                    .findFirst();
        }
    }

    /** For which share of the time tasks had to wait for something. */
    private record Wait(String what, long perMille) {}

    /** A partition with its shares, and what its tasks waited for most. */
    private record Row(
            PartitionUsage usage, OptionalLong cpu, OptionalLong memory, OptionalLong tasks, Optional<Wait> longest) {
        PartitionName name() {
            return usage.partition();
        }

        OptionalLong intrusion() {
            return usage.intrusion()
                    .map(known -> OptionalLong.of(known.window().intrusionPerMille()))
                    .orElse(OptionalLong.empty());
        }

        OptionalLong pressure() {
            return longest.map(most -> OptionalLong.of(most.perMille())).orElse(OptionalLong.empty());
        }
    }

    UsageTable(Order order, boolean colour) {
        this.order = order;
        this.colour = colour;
    }

    /** The same table in another order. */
    UsageTable by(Order other) {
        return new UsageTable(other, colour);
    }

    /** What it is sorted by. */
    Order order() {
        return order;
    }

    /** The table, ended by a newline. */
    String render(List<PartitionUsage> before, List<PartitionUsage> now) {
        Map<PartitionName, PartitionUsage> earlier =
                before.stream().collect(Collectors.toMap(PartitionUsage::partition, Function.identity()));
        List<Row> rows = new ArrayList<>();
        for (PartitionUsage usage : now) {
            Optional<PartitionUsage> former = Optional.ofNullable(earlier.get(usage.partition()));
            rows.add(new Row(
                    usage,
                    cpuPerMille(former, usage),
                    share(
                            usage.memory().map(size -> size.bytes()),
                            usage.slice().map(slice -> slice.memory().bytes())),
                    share(usage.tasks(), usage.slice().map(slice -> (long) slice.tasks())),
                    former.flatMap(first -> longestWait(first, usage))));
        }
        rows.sort(comparator());
        Table table = new Table(
                "NAME",
                "STATE",
                "CPU>",
                "OF",
                "MEMORY>",
                "SHARE>",
                "OF>",
                "TASKS>",
                "OF>",
                "INTRUSION>",
                "WAITED FOR",
                "OOM KILLS>",
                "REFUSED>");
        rows.forEach(row -> table.row(cells(row)));
        return table.render(colour);
    }

    private Comparator<Row> comparator() {
        Comparator<Row> byName = Comparator.comparing(Row::name);
        return switch (order) {
            case cpu -> largestFirst(Row::cpu).thenComparing(byName);
            case memory -> largestFirst(Row::memory).thenComparing(byName);
            case tasks -> largestFirst(Row::tasks).thenComparing(byName);
            case intrusion -> largestFirst(Row::intrusion).thenComparing(byName);
            case pressure -> largestFirst(Row::pressure).thenComparing(byName);
            case name -> byName;
        };
    }

    private static Comparator<Row> largestFirst(Function<Row, OptionalLong> key) {
        return Comparator.comparingLong((Row row) -> key.apply(row).orElse(Long.MIN_VALUE))
                .reversed();
    }

    /** Thousandths of the slice's CPU time that was used between the two; empty where one of them does not know it. */
    private static OptionalLong cpuPerMille(Optional<PartitionUsage> before, PartitionUsage now) {
        if (before.isEmpty()
                || before.get().cpuMicros().isEmpty()
                || now.cpuMicros().isEmpty()
                || now.slice().isEmpty()) {
            return OptionalLong.empty();
        }
        long millis = now.timeMillis() - before.get().timeMillis();
        long used = now.cpuMicros().get() - before.get().cpuMicros().get();
        if (millis <= 0 || used < 0) {
            // No time has passed, or the groups were made anew.
            return OptionalLong.empty();
        }
        // One CPU has 1,000 us in each ms; a slice is counted in thousandths of CPUs.
        return OptionalLong.of(
                used * 1000 / (millis * now.slice().get().cpuTime().millis()));
    }

    /** What at least one task waited for longest between the two; empty where the kernel does not tell. */
    private static Optional<Wait> longestWait(PartitionUsage before, PartitionUsage now) {
        long millis = now.timeMillis() - before.timeMillis();
        if (before.pressure().isEmpty() || now.pressure().isEmpty() || millis <= 0) {
            return Optional.empty();
        }
        Pressure first = before.pressure().get();
        Pressure last = now.pressure().get();
        return Stream.of(
                        waited("cpu", first.cpu(), last.cpu(), millis),
                        waited("memory", first.memory(), last.memory(), millis),
                        waited("io", first.io(), last.io(), millis))
                .flatMap(Optional::stream)
                .reduce((one, other) -> other.perMille() > one.perMille() ? other : one);
    }

    private static Optional<Wait> waited(
            String what, Optional<Pressure.Stall> first, Optional<Pressure.Stall> last, long millis) {
        return first.flatMap(from -> last.map(to -> to.someMicros() - from.someMicros()))
                // It only falls when the groups were made anew.
                .filter(micros -> micros >= 0)
                .map(micros -> new Wait(what, Math.min(1000, micros / millis)));
    }

    private static OptionalLong share(Optional<Long> part, Optional<Long> whole) {
        return part.isPresent() && whole.isPresent()
                ? OptionalLong.of(part.get() * 1000 / whole.get())
                : OptionalLong.empty();
    }

    private static Cell[] cells(Row row) {
        PartitionUsage usage = row.usage();
        Optional<Slice> slice = usage.slice();
        return new Cell[] {
            Cell.of(row.name().value()),
            new Cell(Words.constant(usage.state()), usage.state() == State.RUNNING ? Tone.GOOD : Tone.PLAIN),
            Cell.of(percent(row.cpu())),
            Cell.of(slice.map(held -> ListVerb.cpus(held.cpus())).orElse("-")),
            Cell.of(usage.memory().map(Words::size).orElse("-")),
            Cell.of(percent(row.memory())),
            Cell.of(slice.map(held -> Words.size(held.memory())).orElse("-")),
            Cell.of(usage.tasks().map(count -> Long.toString(count)).orElse("-")),
            Cell.of(slice.map(held -> Integer.toString(held.tasks())).orElse("-")),
            usage.intrusion().map(UsageTable::intrusion).orElse(Cell.of("-")),
            Cell.of(row.longest()
                    .map(most -> most.what() + " " + percent(OptionalLong.of(most.perMille())))
                    .orElse("-")),
            alarming(usage.outOfMemoryKills()),
            alarming(usage.tasksRefused())
        };
    }

    private static String percent(OptionalLong perMille) {
        return perMille.isPresent() ? perMille.getAsLong() / 10 + "." + perMille.getAsLong() % 10 + "%" : "-";
    }

    /** What is below zero is reading error, and shown as nothing; the exact number is in the JSON. */
    static Cell intrusion(Intrusion intrusion) {
        long perMille = Math.max(0, intrusion.window().intrusionPerMille());
        boolean notable =
                perMille >= NOTABLE_PER_MILLE && intrusion.window().intrusionMicros() > intrusion.errorMicros();
        return new Cell(perMille + "‰", notable ? Tone.BAD : Tone.PLAIN);
    }

    private static Cell alarming(long count) {
        return new Cell(Long.toString(count), count > 0 ? Tone.WARN : Tone.PLAIN);
    }
}
