package io.bulkhead.broker;

import io.bulkhead.broker.ledger.Account;
import io.bulkhead.broker.ledger.Change;
import io.bulkhead.broker.ledger.Commit;
import io.bulkhead.broker.ledger.Difference;
import io.bulkhead.broker.ledger.Grant;
import io.bulkhead.broker.ledger.Ledger;
import io.bulkhead.broker.ledger.LedgerFault;
import io.bulkhead.broker.ledger.ResourceKey;
import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns the ledger into what the API shows of it. */
final class LedgerPages {
    private LedgerPages() {}

    static LedgerReport of(Ledger ledger, Optional<Long> reconciledAtMillis, List<Difference> differences) {
        SortedMap<Account, SortedMap<ResourceKey, Long>> accounts = ledger.accounts();
        Map<PartitionName, UidRange> ranges = ledger.ranges();
        return new LedgerReport(
                ledger.isOpened() ? LedgerReport.Mode.READ_WRITE : LedgerReport.Mode.OPENING,
                Optional.empty(),
                ledger.version(),
                reconciledAtMillis,
                accounts.entrySet().stream()
                        .map(each -> holdings(
                                each.getKey(),
                                each.getValue(),
                                each.getKey().partition().flatMap(owner -> Optional.ofNullable(ranges.get(owner)))))
                        .toList(),
                sums(ledger.inventory(), accounts),
                ledger.intents().entrySet().stream()
                        .map(each -> intent(each.getKey(), each.getValue()))
                        .toList(),
                differences.stream().map(LedgerPages::difference).toList());
    }

    /** What is wrong, with what was known before. */
    static LedgerReport readOnly(LedgerFault fault, LedgerReport before) {
        return new LedgerReport(
                LedgerReport.Mode.READ_ONLY,
                Optional.of(
                        new LedgerReport.Fault(RecordCodec.constantName(fault.kind()), fault.detail(), fault.remedy())),
                before.version(),
                before.reconciledAtMillis(),
                before.accounts(),
                before.sums(),
                before.intents(),
                before.differences());
    }

    static LedgerHistory history(long version, List<Commit> commits) {
        return new LedgerHistory(
                version, commits.stream().map(LedgerPages::commit).toList());
    }

    private static LedgerReport.Holdings holdings(
            Account account, Map<ResourceKey, Long> held, Optional<UidRange> range) {
        List<LedgerReport.NodeMemory> nodes = held.entrySet().stream()
                .filter(each -> each.getKey().kind() == ResourceKey.Kind.MEMORY)
                .map(each -> new LedgerReport.NodeMemory(each.getKey().id(), new ByteSize(each.getValue())))
                .toList();
        return new LedgerReport.Holdings(
                account.name(),
                CpuSet.of(held.keySet().stream()
                        .filter(resource -> resource.kind() == ResourceKey.Kind.CPU)
                        .map(ResourceKey::id)
                        .toList()),
                new CpuMillis(held.getOrDefault(ResourceKey.POOL, 0L)),
                nodes.stream().map(LedgerReport.NodeMemory::memory).reduce(ByteSize.ZERO, ByteSize::plus),
                nodes,
                held.entrySet().stream()
                        .filter(each -> each.getKey().isPlain())
                        .map(each -> new LedgerReport.Amount(
                                each.getKey().toString(), unit(each.getKey().kind()), each.getValue()))
                        .toList(),
                range);
    }

    private static List<LedgerReport.Sum> sums(
            Map<ResourceKey, Long> inventory, Map<Account, SortedMap<ResourceKey, Long>> accounts) {
        SortedMap<ResourceKey, long[]> sums = new TreeMap<>();
        inventory.forEach((resource, amount) -> sum(sums, resource)[0] += amount);
        accounts.forEach((account, held) -> {
            int column = account.equals(Account.HOST) ? 1 : account.equals(Account.FREE) ? 3 : 2;
            held.forEach((resource, amount) -> sum(sums, resource)[column] += amount);
        });
        return sums.entrySet().stream()
                .map(each -> new LedgerReport.Sum(
                        each.getKey().kind() == ResourceKey.Kind.CPU
                                ? "cpus"
                                : each.getKey().toString(),
                        unit(each.getKey().kind()),
                        each.getValue()[0],
                        each.getValue()[1],
                        each.getValue()[2],
                        each.getValue()[3]))
                .toList();
    }

    /** The columns of a resource; all CPUs are one row. */
    private static long[] sum(Map<ResourceKey, long[]> sums, ResourceKey resource) {
        ResourceKey row = resource.kind() == ResourceKey.Kind.CPU ? ResourceKey.cpu(0) : resource;
        return sums.computeIfAbsent(row, none -> new long[4]);
    }

    private static String unit(ResourceKey.Kind kind) {
        return switch (kind) {
            case CPU -> "threads";
            case POOL -> "millis";
            case MEMORY, STORAGE -> "bytes";
            case IO_READ, IO_WRITE -> "bytes/s";
            case IO_READ_OPERATIONS, IO_WRITE_OPERATIONS -> "operations/s";
            case NETWORK_IN, NETWORK_OUT -> "bits/s";
            case DISK, NIC -> "devices";
        };
    }

    private static LedgerReport.Intent intent(long version, Change.Intended intended) {
        return new LedgerReport.Intent(
                version,
                intended.owner().value(),
                intended.before().map(Grant::describe).orElse("nothing"),
                intended.after().map(Grant::describe).orElse("nothing"));
    }

    private static LedgerReport.Difference difference(Difference each) {
        return new LedgerReport.Difference(
                RecordCodec.constantName(each.kind()),
                each.owner(),
                each.resource(),
                each.ledger(),
                each.manager(),
                each.action());
    }

    private static LedgerHistory.Commit commit(Commit commit) {
        return new LedgerHistory.Commit(
                commit.version(),
                commit.timeMillis(),
                commit.actor(),
                commit.reason(),
                commit.key(),
                RecordCodec.typeName(commit.change().getClass()),
                commit.change().subject().map(PartitionName::value),
                commit.entries().stream()
                        .map(entry -> new LedgerHistory.Entry(
                                entry.account().name(), entry.resource().toString(), entry.amount()))
                        .toList());
    }
}
