/**
 * The one adapter of the port {@link io.bulkhead.manager.sys.Syscalls}: glibc and raw system calls through JNA direct
 * mapping. Nothing else may touch {@code com.sun.jna}; nothing but the manager's wiring may see this package.
 *
 * <p>Each {@code …Calls} class serves one area of the manual; a private nested {@code Libc} in it is all that JNA maps.
 * Constants keep their C names, one holder per header, and a test compiles a C program that prints them and compares.
 * Structures live in {@link io.bulkhead.manager.sys.jna.Scratch} memory and become records at once.
 *
 * <p><b>Threads.</b> Everything is safe for any thread and keeps no state. It also works on a thread that has unshared,
 * pivoted or entered namespaces: such a thread may be unable to make threads (so no {@code com.sun.jna.Memory}, whose
 * cleaner starts one) and cannot read the class path. The constructor of {@link io.bulkhead.manager.sys.jna.JnaSyscalls}
 * therefore binds every function and loads every class that the calls use.
 *
 * <p><b>Where it runs.</b> Linux on x86-64 and arm64 with glibc 2.34 or newer. JNA unpacks its native part into
 * {@code ~/.cache/JNA/temp} of the user, or into the directory of the system property {@code jna.tmpdir}, and removes
 * it once loaded; where that file system is mounted {@code noexec} (or a unit hides the home directories), start the JVM
 * with {@code -Djna.tmpdir=DIRECTORY} on one that is not. The functions are taken from the process itself, so the
 * adapter sets {@code jna.platform.library.path} unless somebody has, which spares JNA a run of {@code ldconfig}. JDK 24
 * and newer want {@code --enable-native-access=ALL-UNNAMED}.
 */
@NullMarked
package io.bulkhead.manager.sys.jna;

import org.jspecify.annotations.NullMarked;
