package io.bulkhead.manager.start;

/**
 * The steps of a boot in their order; each failure names its own. {@code partition-manager/README.md} tells what each
 * does and why it stands where it stands.
 */
public enum BootStep {
    TERMINAL("open the console's terminal"),
    USER_NAMESPACE("get the user namespace of the uid range"),
    KEYRING("join a new session keyring"),
    GROUPS("enter the payload groups"),
    PRIVATE_MOUNTS("unshare the mounts"),
    HOLDER("start the holder"),
    ROOT("build the root"),
    FIND_INIT("find process 1"),
    PIVOT("change to the new root"),
    NAMESPACES("join the namespaces of process 1"),
    IDENTITY("set the hostname and raise the loopback"),
    KERNEL_FILES("mount the kernel's file systems"),
    OWN_FILES("show the partition's own files"),
    PROOF("prove the walls and the promises"),
    RELEASE("release process 1");

    private final String text;

    BootStep(String text) {
        this.text = text;
    }

    /** Like {@code step 9, change to the new root}. */
    @Override
    public String toString() {
        return "step " + (ordinal() + 1) + ", " + text;
    }

    /** Without the number. */
    public String text() {
        return text;
    }
}
