package io.bulkhead.broker.definition;

import io.bulkhead.contract.partition.PartitionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One key that two definitions of a partition differ in.
 *
 * @param key its path, like {@code io.write}
 * @param before as it could stand in a file
 * @param after likewise
 */
public record DefinitionChange(String key, String before, String after) {
    /** Every difference, in the order of {@link DefinitionKey#ALL}; none if the definitions are equal. */
    public static List<DefinitionChange> between(PartitionSpec before, PartitionSpec after) {
        Map<String, String> former = DefinitionWriter.values(before);
        List<DefinitionChange> changes = new ArrayList<>();
        DefinitionWriter.values(after).forEach((key, text) -> {
            String was = String.valueOf(former.get(key));
            if (!was.equals(text)) {
                changes.add(new DefinitionChange(key, was, text));
            }
        });
        return changes;
    }
}
