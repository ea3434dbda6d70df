package io.bulkhead.manager.mount;

import io.bulkhead.contract.partition.UidRange;
import java.nio.file.Path;
import java.util.Map;

/**
 * What differs from partition to partition.
 *
 * @param ids the partition's ids on the host
 * @param hostOpt whether the host's /opt is shown
 * @param console the slave of the console's terminal, on the host
 * @param storage what else is shown
 * @param shownTexts what files of the kernel's show in place of what the host sees, by their paths inside
 */
public record RootRequest(
        UidRange ids, boolean hostOpt, Path console, StoragePlan storage, Map<String, String> shownTexts) {
    public RootRequest {
        shownTexts = Map.copyOf(shownTexts);
    }
}
