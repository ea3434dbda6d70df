package io.bulkhead.contract.partition;

import java.util.List;
import java.util.Optional;

/**
 * All that the manager knows of a partition.
 *
 * @param name of the partition
 * @param state in its life
 * @param reason why it failed, or how its last run ended
 * @param degraded every promise that does not hold, with the kernel's words; empty when all hold
 * @param definition what was asked
 * @param init the kind of process 1
 * @param slice what it holds; absent while it is only defined
 * @param promises as last read back; empty while it is only defined
 * @param console its serial console
 * @param pid process 1, in the host's numbering, while it runs
 * @param uidRange its ids on the host
 * @param generation the copy of /etc and /var that it was built on
 * @param startedAtMillis when process 1 was let run, milliseconds since 1970 UTC
 * @param isolation how alone it is on its CPUs; absent while it is only defined
 * @param intrusion what others took of its CPUs, once it was watched for a while; whole-CPU slices only
 * @param drift how its generation stands to the host, where that is known
 * @param address its own on the instance's bridge; only with a share of the network there
 */
public record PartitionStatus(
        PartitionName name,
        State state,
        Optional<String> reason,
        List<String> degraded,
        PartitionSpec definition,
        String init,
        Optional<Slice> slice,
        List<Promise> promises,
        ConsoleStatus console,
        Optional<Long> pid,
        UidRange uidRange,
        String generation,
        Optional<Long> startedAtMillis,
        Optional<Isolation> isolation,
        Optional<Intrusion> intrusion,
        Optional<Drift> drift,
        Optional<Ipv4Address> address) {
    public PartitionStatus {
        degraded = List.copyOf(degraded);
        promises = List.copyOf(promises);
    }

    /** One whose drift is not known, and that is not on the bridge. */
    public PartitionStatus(
            PartitionName name,
            State state,
            Optional<String> reason,
            List<String> degraded,
            PartitionSpec definition,
            String init,
            Optional<Slice> slice,
            List<Promise> promises,
            ConsoleStatus console,
            Optional<Long> pid,
            UidRange uidRange,
            String generation,
            Optional<Long> startedAtMillis,
            Optional<Isolation> isolation,
            Optional<Intrusion> intrusion) {
        this(
                name,
                state,
                reason,
                degraded,
                definition,
                init,
                slice,
                promises,
                console,
                pid,
                uidRange,
                generation,
                startedAtMillis,
                isolation,
                intrusion,
                Optional.empty(),
                Optional.empty());
    }
}
