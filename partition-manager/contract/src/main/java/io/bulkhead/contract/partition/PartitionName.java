package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireText;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of a partition: also its hostname and the name of its control groups.
 *
 * @param value 1 to 32 of {@code a-z 0-9 -}, a letter first, no hyphen last, not a word of the ledger
 */
@WireText
public record PartitionName(String value) implements Comparable<PartitionName> {
    private static final Pattern FORM = Pattern.compile("[a-z]([a-z0-9-]{0,30}[a-z0-9])?");
    private static final Set<String> RESERVED = Set.of("host", "free", "all", "localhost");

    public PartitionName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not a partition name; use 1 to 32 of a-z, 0-9 and -, "
                            + "starting with a letter and not ending in -");
        }
        if (RESERVED.contains(value)) {
            throw new IllegalArgumentException("'" + value + "' is reserved and cannot name a partition");
        }
    }

    public static PartitionName parse(String text) {
        return new PartitionName(text);
    }

    @Override
    public int compareTo(PartitionName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
