package io.bulkhead.manager.life;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.manager.journal.Journal;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when CPUs of the host come or go. The kernel would by a uevent, over netlink; a look each second finds the same.
 * For one thread.
 */
final class CpuWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CpuWatch.class);

    private final Supplier<CpuSet> online;
    private final Journal journal;
    private CpuSet last;

    /**
     * @param online the CPUs that are online now
     */
    CpuWatch(Supplier<CpuSet> online, Journal journal) {
        this.online = online;
        this.journal = journal;
        this.last = online.get();
    }

    /** Looks, and tells what has changed since the last look. */
    void look() {
        CpuSet now = online.get();
        if (now.equals(last)) {
            return;
        }
        CpuSet came = now.minus(last);
        CpuSet went = last.minus(now);
        last = now;
        LOG.atWarn()
                .addKeyValue("online", now)
                .addKeyValue("came", came)
                .addKeyValue("went", went)
                .log("CPUs of the host came or went");
        journal.append(new Event.HostCpusChanged(now, came, went));
    }
}
