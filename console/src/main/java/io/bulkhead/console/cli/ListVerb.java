package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.CpuSlice;
import io.bulkhead.contract.partition.IoSlice;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.Slice;
import io.bulkhead.contract.partition.State;
import io.bulkhead.contract.partition.StorageSlice;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code bulkhead list}. */
@Command(name = "list", aliases = "ls", description = "Lists the partitions with their slices.")
final class ListVerb extends Verb {
    ListVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() {
        Json answer = new Partitions(api()).all();
        if (bulkhead().wantsJson()) {
            bulkhead().printJson(answer);
            return DONE;
        }
        List<PartitionStatus> partitions =
                ApiClient.decode(Reply.Partitions.class, answer).partitions();
        // Columns that nobody has anything in are left out.
        boolean storage = partitions.stream().anyMatch(each -> storage(each).isPresent());
        boolean address = partitions.stream().anyMatch(each -> each.address().isPresent());
        List<String> heads = new ArrayList<>(List.of("NAME", "STATE", "CPUS", "MEMORY>", "TASKS>", "IO"));
        if (storage) {
            heads.add("STORAGE>");
        }
        if (address) {
            heads.add("ADDRESS");
        }
        heads.addAll(List.of("INIT", "PID>", "CONSOLE"));
        Table table = new Table(heads.toArray(String[]::new));
        partitions.forEach(each -> table.row(row(each, storage, address)));
        if (table.isEmpty()) {
            bulkhead().remark("there are no partitions yet; 'bulkhead define' or 'bulkhead apply' makes one");
        } else {
            bulkhead().print(table.render(colour()));
        }
        return DONE;
    }

    private static Cell[] row(PartitionStatus status, boolean storage, boolean address) {
        List<Cell> cells = new ArrayList<>(List.of(
                Cell.of(status.name().value()),
                state(status),
                Cell.of(status.slice().map(slice -> cpus(slice.cpus())).orElse("-")),
                Cell.of(status.slice().map(slice -> Words.size(slice.memory())).orElse("-")),
                Cell.of(status.slice()
                        .map(slice -> Integer.toString(slice.tasks()))
                        .orElse("-")),
                Cell.of(status.slice().map(Slice::io).map(ListVerb::io).orElse("-"))));
        if (storage) {
            cells.add(Cell.of(storage(status).map(Words::size).orElse("-")));
        }
        if (address) {
            cells.add(Cell.of(status.address().map(Ipv4Address::toString).orElse("-")));
        }
        cells.add(Cell.of(status.init()));
        cells.add(Cell.of(status.pid().map(pid -> Long.toString(pid)).orElse("-")));
        cells.add(Cell.of(console(status.console())));
        return cells.toArray(Cell[]::new);
    }

    /** The volumes together, which it has from its definition to its deletion. */
    private static Optional<ByteSize> storage(PartitionStatus status) {
        return status.definition().claim().storage().map(StorageSlice::bytes).filter(bytes -> bytes.bytes() > 0);
    }

    static Cell state(PartitionStatus status) {
        String word = Words.constant(status.state());
        if (!status.degraded().isEmpty()) {
            return new Cell(word + ", degraded", Tone.BAD);
        }
        return new Cell(
                word,
                status.state() == State.RUNNING ? Tone.GOOD : status.state() == State.FAILED ? Tone.BAD : Tone.PLAIN);
    }

    static String cpus(CpuSlice cpus) {
        return cpus instanceof CpuSlice.Whole whole
                ? whole.cpus().size() + " (" + whole.cpus() + ")"
                : Words.thousandths(((CpuSlice.Part) cpus).entitlement().millis()) + " of pool";
    }

    /** Read and write rates; operations only where there is a bound on them. */
    static String io(IoSlice io) {
        String text = (io.read().isLimited()
                        ? "r " + rate(io.read().fold(rate -> rate.bytesPerSecond(), 0L)) + " "
                        : "")
                + (io.write().isLimited() ? "w " + rate(io.write().fold(rate -> rate.bytesPerSecond(), 0L)) + " " : "")
                + (io.readOperations().isLimited() ? "r " + io.readOperations() + " " : "")
                + (io.writeOperations().isLimited() ? "w " + io.writeOperations() : "");
        return text.isBlank() ? "unlimited" : text.strip();
    }

    private static String rate(long bytesPerSecond) {
        return Words.rate(bytesPerSecond);
    }

    private static String console(ConsoleStatus console) {
        return console.viewers() + "/" + console.writer().orElse("-");
    }
}
