package io.bulkhead.manager.cgroup;

/** Sends SIGKILL; kill(2). */
@FunctionalInterface
public interface Killer {
    /**
     * Kills a process, whoever's child it is. Nothing happens when it has ended already.
     *
     * @param pid in the manager's numbering
     */
    void kill(long pid);
}
