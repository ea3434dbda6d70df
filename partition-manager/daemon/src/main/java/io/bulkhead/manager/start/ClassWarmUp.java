package io.bulkhead.manager.start;

import io.bulkhead.manager.mount.MountStep;
import io.bulkhead.manager.mount.StorageRunner;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.ProcessEnd;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads what a boot thread uses after it has left the host's root: the class path is out of its sight there, unless it
 * is an open jar. The adapter of the system calls warms itself up.
 */
final class ClassWarmUp {
    private static final List<Class<?>> USED = List.of(
            BootStep.class,
            BootThread.class,
            BirthSigns.class,
            StorageRunner.class,
            Child.class,
            HolderProgram.class,
            Endings.class,
            StartException.class,
            ErrnoException.class,
            Errno.class,
            ProcessEnd.Exited.class,
            ProcessEnd.Killed.class,
            ProcessEnd.Unknown.class);

    private ClassWarmUp() {}

    /** Returns when all are there; costs nothing from the second time on. */
    static void run() {
        Stream.concat(USED.stream(), Stream.of(MountStep.class.getPermittedSubclasses()))
                .forEach(ClassWarmUp::initialise);
        // An error path of its own, so that a failure after the pivot finds its classes and its call sites linked.
        StartException example = new StartException("warm-up", new ErrnoException("none", Errno.EPERM, "nothing"));
        if (!String.valueOf(example.getMessage()).contains("EPERM")) {
            throw new IllegalStateException("an exception that does not tell its cause", example);
        }
    }

    private static void initialise(Class<?> type) {
        try {
            Class.forName(type.getName(), true, type.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
