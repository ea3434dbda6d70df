package io.bulkhead.manager.rebase;

import java.util.List;

/**
 * What stands beside a partition's files while they are taken from one generation to another, and as long as there is a way
 * back: whether its /etc is the one or the other is said by the inode of that directory, which changes in one step.
 *
 * @param from the generation before the rebase
 * @param to the generation after it
 * @param fromInode of the /etc that builds on {@code from}
 * @param toInode of the /etc that builds on {@code to}
 * @param steps in /var on the way from the one to the other
 */
public record RebasePlan(String from, String to, long fromInode, long toInode, List<VarStep> steps) {
    public RebasePlan {
        steps = List.copyOf(steps);
    }
}
