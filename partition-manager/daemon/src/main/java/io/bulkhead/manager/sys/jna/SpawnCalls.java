package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.SpawnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** New processes: posix_spawn(3). */
final class SpawnCalls {
    /** spawn.h, posix_spawnattr_t; only ever touched through its functions. */
    static final int ATTRIBUTES_SIZE = 336;

    /** spawn.h, posix_spawn_file_actions_t; only ever touched through its functions. */
    static final int FILE_ACTIONS_SIZE = 80;

    /** signal.h, sigset_t. */
    static final int SIGNAL_SET_SIZE = 128;

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        static native int posix_spawn(
                Pointer pid, String path, Pointer fileActions, Pointer attributes, Pointer argv, Pointer envp);

        static native int posix_spawnattr_init(Pointer attributes);

        static native int posix_spawnattr_destroy(Pointer attributes);

        static native int posix_spawnattr_setflags(Pointer attributes, short flags);

        static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

        static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

        static native int posix_spawn_file_actions_init(Pointer fileActions);

        static native int posix_spawn_file_actions_destroy(Pointer fileActions);

        static native int posix_spawn_file_actions_adddup2(Pointer fileActions, int from, int to);

        static native int posix_spawn_file_actions_addclosefrom_np(Pointer fileActions, int from);

        static native int sigemptyset(Pointer signals);

        static native int sigfillset(Pointer signals);
    }

    private SpawnCalls() {}

    static long spawn(SpawnRequest request) {
        List<Fd> raised = new ArrayList<>();
        try (Scratch scratch = new Scratch()) {
            Pointer attributes = scratch.zeroed(ATTRIBUTES_SIZE);
            Pointer fileActions = scratch.zeroed(FILE_ACTIONS_SIZE);
            must("posix_spawnattr_init", Libc.posix_spawnattr_init(attributes));
            try {
                must("posix_spawn_file_actions_init", Libc.posix_spawn_file_actions_init(fileActions));
                try {
                    setAttributes(attributes, scratch);
                    setDescriptors(fileActions, request, raised);
                    return exec(request, fileActions, attributes, scratch);
                } finally {
                    Libc.posix_spawn_file_actions_destroy(fileActions);
                }
            } finally {
                Libc.posix_spawnattr_destroy(attributes);
            }
        } finally {
            raised.forEach(Fd::close);
        }
    }

    private static void setAttributes(Pointer attributes, Scratch scratch) {
        must("posix_spawnattr_setflags", Libc.posix_spawnattr_setflags(attributes, (short)
                (SpawnHeader.POSIX_SPAWN_SETSID
                        | SpawnHeader.POSIX_SPAWN_SETSIGMASK
                        | SpawnHeader.POSIX_SPAWN_SETSIGDEF)));
        Pointer signals = scratch.zeroed(SIGNAL_SET_SIZE);
        // The JVM blocks SIGQUIT in its threads and ignores SIGPIPE; neither may be handed on.
        Checked.call("sigemptyset", "", () -> Libc.sigemptyset(signals));
        must("posix_spawnattr_setsigmask", Libc.posix_spawnattr_setsigmask(attributes, signals));
        Checked.call("sigfillset", "", () -> Libc.sigfillset(signals));
        must("posix_spawnattr_setsigdefault", Libc.posix_spawnattr_setsigdefault(attributes, signals));
    }

    /**
     * Puts the descriptors on their numbers and closes all others. One that stands on a number that is to be taken is
     * raised above them first: a later dup2 would hit it, and dup2 onto itself would leave it close-on-exec.
     */
    private static void setDescriptors(Pointer fileActions, SpawnRequest request, List<Fd> raised) {
        int count = request.descriptors().size();
        for (int to = 0; to < count; to++) {
            Fd wanted = Objects.requireNonNull(request.descriptors().get(to));
            if (wanted.number() < count) {
                wanted = FileCalls.duplicateFrom(wanted, count);
                raised.add(wanted);
            }
            must(
                    "posix_spawn_file_actions_adddup2",
                    Libc.posix_spawn_file_actions_adddup2(fileActions, wanted.number(), to));
        }
        must(
                "posix_spawn_file_actions_addclosefrom_np",
                Libc.posix_spawn_file_actions_addclosefrom_np(fileActions, count));
    }

    private static long exec(SpawnRequest request, Pointer fileActions, Pointer attributes, Scratch scratch) {
        String program = Checked.text(request.program());
        Pointer argv = scratch.texts(request.arguments());
        Pointer envp = scratch.texts(request.environment().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList());
        Pointer pid = scratch.zeroed(Integer.BYTES);
        int errno = Libc.posix_spawn(pid, program, fileActions, attributes, argv, envp);
        if (errno != 0) {
            throw Checked.failure("posix_spawn", errno, "\"" + program + "\"");
        }
        return pid.getInt(0);
    }

    /** The functions of spawn.h answer an error number and leave errno alone. */
    private static void must(String name, int errno) {
        if (errno != 0) {
            throw Checked.failure(name, errno, "");
        }
    }
}
