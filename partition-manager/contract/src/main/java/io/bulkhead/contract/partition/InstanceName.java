package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireText;
import java.util.regex.Pattern;

/**
 * The name of one Bulkhead installation on a host: every kernel object that it makes carries it.
 *
 * @param value 1 to 24 of {@code a-z 0-9 -}, a letter first, no hyphen last
 */
@WireText
public record InstanceName(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z]([a-z0-9-]{0,22}[a-z0-9])?");

    public InstanceName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not an instance name; use 1 to 24 of a-z, 0-9 and -, "
                            + "starting with a letter and not ending in -");
        }
    }

    public static InstanceName parse(String text) {
        return new InstanceName(text);
    }

    @Override
    public String toString() {
        return value;
    }
}
