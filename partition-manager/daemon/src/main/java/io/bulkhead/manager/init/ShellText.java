package io.bulkhead.manager.init;

import java.util.List;
import java.util.stream.Collectors;

/** Words for a POSIX shell. */
final class ShellText {
    private ShellText() {}

    /** One word that the shell takes literally; POSIX 2.2.2, single quotes. */
    static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    static String quote(List<String> words) {
        return words.stream().map(ShellText::quote).collect(Collectors.joining(" "));
    }

    /** The lines that every init starts with: console first, then the one-line greeting without a single fork. */
    static String greeting(String hostname) {
        return """
                #!/bin/sh
                # Process 1 of this partition, written by Bulkhead at each start.
                printf 'Partition %s: ' HOSTNAME
                PRETTY_NAME=Linux
                . /usr/lib/os-release
                printf '%s\\n' "$PRETTY_NAME"
                """.replace("HOSTNAME", quote(hostname));
    }
}
