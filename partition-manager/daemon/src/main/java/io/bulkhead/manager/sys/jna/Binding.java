package io.bulkhead.manager.sys.jna;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Map;

/** Binds the static native methods of a class to the C library that the JVM itself runs on. */
final class Binding {
    private static final String LIBRARY_PATH = "jna.platform.library.path";

    static {
        // Unless it is set, JNA's first use executes ldconfig: some 20 ms and a child process. Nothing is searched for
        // here, as the JVM is already linked with the C library.
        if (System.getProperty(LIBRARY_PATH) == null) {
            System.setProperty(LIBRARY_PATH, "/usr/lib");
        }
    }

    private static final NativeLibrary PROCESS =
            NativeLibrary.getInstance(null, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

    private Binding() {}

    /**
     * Binds every static native method by its name.
     *
     * @throws UnsupportedOperationException if the C library lacks one
     */
    static void bind(Class<?> functions) {
        try {
            Native.register(functions, PROCESS);
        } catch (UnsatisfiedLinkError e) {
            throw new UnsupportedOperationException("Bulkhead needs glibc 2.34 or newer: " + e.getMessage(), e);
        }
    }

    /**
     * Binds the functions of another library, found as the dynamic linker finds it.
     *
     * @throws UnsatisfiedLinkError if it is not there or lacks one
     */
    static void bind(Class<?> functions, String library) {
        Native.register(functions, NativeLibrary.getInstance(library));
    }
}
