package io.bulkhead.manager.record;

/**
 * What stays of a console's numbering when the host goes down.
 *
 * @param created names the numbering: 16 hexadecimal digits, another for each console that ever was
 * @param reserved no byte has an offset from here on
 */
public record ConsoleRecord(String created, long reserved) {
    public ConsoleRecord {
        if (created.length() != 16 || reserved < 0) {
            throw new IllegalArgumentException("not a console's numbering: " + created + ", " + reserved);
        }
    }
}
