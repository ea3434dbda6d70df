package io.bulkhead.manager.loop;

import io.bulkhead.manager.sys.Ready;

/**
 * Acts on a descriptor that is ready. Runs on the loop's thread, so it must not block: the descriptor should be
 * non-blocking.
 *
 * <p>Notices are level-triggered: what is not read is told again in the next turn, after all others have had theirs. At
 * the end of file, at EIO of a terminal, and when a process has ended, the handler must cancel its registration or change
 * it to {@link Interest#NONE}, as such a descriptor stays readable for ever. So does a changed file until it is read from
 * its beginning, and for ever once its group is gone (ENODEV).
 *
 * <p>A handler that throws is logged and its registration is set to {@link Interest#NONE}; the others go on.
 */
@FunctionalInterface
public interface Handler {
    /**
     * Called once for each turn of the loop in which the descriptor is ready.
     *
     * @param ready what for; its token is the loop's own
     */
    void ready(Ready ready);
}
