package io.bulkhead.manager.sys;

import java.nio.file.Path;

/**
 * A pseudo-terminal; pty(7).
 *
 * @param master the side that the manager reads and writes; non-blocking
 * @param number of the slave
 */
public record PseudoTerminal(Fd master, int number) {
    /** The slave's path in the host's devpts. */
    public Path slave() {
        return Path.of("/dev/pts", Integer.toString(number));
    }
}
