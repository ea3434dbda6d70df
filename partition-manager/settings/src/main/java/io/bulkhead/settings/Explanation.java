package io.bulkhead.settings;

/**
 * What a key is set to and why: the answer of {@code bulkhead config explain}.
 *
 * @param key the key
 * @param value its value as written
 * @param source which layer decided
 * @param place the file and line, variable or option; {@code default} where nothing was written
 */
public record Explanation(SettingKey<?> key, String value, Source source, String place) {
    /** The layers, the strongest first. */
    public enum Source {
        /** {@code --override section.key=value} on the command line. */
        OVERRIDE,
        /** A variable like {@code BULKHEAD_HOST_CPUS}. */
        ENVIRONMENT,
        /** The file. */
        FILE,
        /** The table of keys. */
        DEFAULT
    }

    /** Four lines for people. */
    @Override
    public String toString() {
        return key.path() + " = " + value + "\n"
                + "  from:    " + place + (source == Source.DEFAULT ? "" : " (default: " + key.defaultText() + ")")
                + "\n"
                + "  allowed: " + key.allowed() + "\n"
                + "  " + key.documentation();
    }
}
