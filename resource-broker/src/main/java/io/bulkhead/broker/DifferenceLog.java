package io.bulkhead.broker;

import io.bulkhead.broker.ledger.Difference;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes into the log which differences between ledger and manager came and went. */
final class DifferenceLog {
    private static final Logger LOG = LoggerFactory.getLogger(DifferenceLog.class);

    private DifferenceLog() {}

    static void tell(List<Difference> before, List<Difference> now) {
        for (Difference each : now) {
            if (!before.contains(each)) {
                LOG.atWarn()
                        .addKeyValue("kind", each.kind())
                        .addKeyValue("owner", each.owner())
                        .addKeyValue("resource", each.resource())
                        .addKeyValue("ledger", each.ledger())
                        .addKeyValue("manager", each.manager())
                        .addKeyValue("action", each.action())
                        .log("The ledger and the manager differ");
            }
        }
        for (Difference each : before) {
            if (!now.contains(each)) {
                LOG.atInfo()
                        .addKeyValue("owner", each.owner())
                        .addKeyValue("resource", each.resource())
                        .log("The ledger and the manager agree again");
            }
        }
    }
}
