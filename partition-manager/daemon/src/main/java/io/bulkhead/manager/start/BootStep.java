package io.bulkhead.manager.start;

/**
 * The steps of a boot in their order; each failure names its own. {@code partition-manager/README.md} tells what each
 * does and why it stands where it stands.
 */
public enum BootStep {
    TERMINAL(1, "open the console's terminal"),
    USER_NAMESPACE(2, "get the user namespace of the uid range"),
    KEYRING(3, "join a new session keyring"),
    GROUPS(4, "enter the payload groups"),
    PRIVATE_MOUNTS(5, "unshare the mounts"),
    HOLDER(6, "start the holder"),
    ROOT(7, "build the root"),
    FIND_INIT(8, "find process 1"),
    PIVOT(9, "change to the new root"),
    NAMESPACES(10, "join the namespaces of process 1"),
    IDENTITY(11, "set the hostname and raise the loopback"),
    KERNEL_FILES(12, "mount the kernel's file systems"),
    OWN_FILES(13, "show the partition's own files"),
    RESTRAINTS(14, "lock the mounts and restrain process 1"),
    PROOF(15, "prove the walls and the promises"),
    RELEASE(16, "release process 1");

    private final int number;
    private final String text;

    BootStep(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** Like {@code step 9, change to the new root}. */
    @Override
    public String toString() {
        return "step " + number + ", " + text;
    }

    /** From 1, as in the README. */
    public int number() {
        return number;
    }

    /** Without the number. */
    public String text() {
        return text;
    }
}
