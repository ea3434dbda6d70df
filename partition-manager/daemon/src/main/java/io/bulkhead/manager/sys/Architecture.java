package io.bulkhead.manager.sys;

/** The processor architectures whose kernel ABI is known here. */
public enum Architecture {
    X86_64,
    ARM64;

    /** The one that this JVM runs on. */
    public static final Architecture CURRENT = of(System.getProperty("os.arch", ""));

    static Architecture of(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> ARM64;
            default ->
                throw new UnsupportedOperationException("Bulkhead runs on x86-64 and arm64, not on \"" + osArch + "\"");
        };
    }

    /** Chooses between numbers that differ. */
    public static int pick(int onX86, int onArm) {
        return CURRENT == X86_64 ? onX86 : onArm;
    }
}
