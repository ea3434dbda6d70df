package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.Architecture;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.FilterCompiler;
import io.bulkhead.manager.sys.Pipe;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles by libseccomp ({@code libseccomp.so.2} of the package libseccomp2, 2.5 or newer); seccomp_init(3),
 * seccomp_rule_add(3), seccomp_export_bpf(3). The library is loaded by the first call, so that a host without it can at
 * least say so.
 */
public final class LibSeccomp implements FilterCompiler {
    private static final String LIBRARY = "libseccomp.so.2";
    private static final String REMEDY = "install it: apt-get install libseccomp2";

    // seccomp.h
    private static final int ACT_ALLOW = 0x7fff0000;
    private static final int ACT_ERRNO = 0x00050000;
    private static final int FLTATR_CTL_NNP = 3;
    private static final int CMP_MASKED_EQ = 7;
    private static final int UNKNOWN = -1;
    private static final int ARCH_X86 = 0x40000003;
    private static final int ARCH_X32 = 0x4000003E;
    private static final int ARCH_ARM = 0x40000028;
    static final int ARCH_AARCH64 = 0xC00000B7;
    private static final int EEXIST = -17;

    /**
     * seccomp.h.
     *
     * <pre>{@code
     * struct scmp_arg_cmp { unsigned int arg; enum scmp_compare op; uint64_t datum_a, datum_b; };
     * }</pre>
     */
    private static final int COMPARISON_BYTES = 24;

    private static final class Library {
        static {
            Binding.bind(Library.class, LIBRARY);
        }

        static native Pointer seccomp_init(int defaultAction);

        static native void seccomp_release(Pointer filter);

        static native int seccomp_arch_add(Pointer filter, int architecture);

        static native int seccomp_attr_set(Pointer filter, int attribute, int value);

        static native int seccomp_syscall_resolve_name(Pointer name);

        static native int seccomp_syscall_resolve_name_arch(int architecture, Pointer name);

        static native int seccomp_rule_add_array(
                Pointer filter, int action, int call, int comparisonCount, Pointer comparisons);

        static native int seccomp_export_bpf(Pointer filter, int fd);
    }

    @Override
    public Compiled compile(List<Rule> rules) {
        Pointer filter = available(() -> Library.seccomp_init(ACT_ALLOW));
        if (filter == null) {
            throw new IllegalStateException("libseccomp makes no filter");
        }
        try {
            for (int architecture : foreignArchitectures()) {
                check("seccomp_arch_add", Library.seccomp_arch_add(filter, architecture));
            }
            // It is installed by who may do so without it; with it no set-user-id program inside would work.
            check("seccomp_attr_set", Library.seccomp_attr_set(filter, FLTATR_CTL_NNP, 0));
            List<String> unknown = new ArrayList<>();
            for (Rule rule : rules) {
                if (!add(filter, rule)) {
                    unknown.add(rule.call());
                }
            }
            return new Compiled(export(filter), unknown);
        } finally {
            Library.seccomp_release(filter);
        }
    }

    @Override
    public boolean knows(String name) {
        return available(() -> resolve(name)) != UNKNOWN;
    }

    /** The number of a call on an architecture; negative, but not -1, for a call that only others have. */
    static int resolve(int architecture, String name) {
        try (Scratch scratch = new Scratch()) {
            return Library.seccomp_syscall_resolve_name_arch(architecture, scratch.text(name));
        }
    }

    private static int resolve(String name) {
        try (Scratch scratch = new Scratch()) {
            return Library.seccomp_syscall_resolve_name(scratch.text(name));
        }
    }

    /** Programs of these run as well; a filter that has not heard of them would kill their processes. */
    private static List<Integer> foreignArchitectures() {
        return Architecture.CURRENT == Architecture.X86_64 ? List.of(ARCH_X86, ARCH_X32) : List.of(ARCH_ARM);
    }

    private static boolean add(Pointer filter, Rule rule) {
        int call = resolve(rule.call());
        if (call == UNKNOWN) {
            return false;
        }
        int action = ACT_ERRNO | rule.errno().number();
        try (Scratch scratch = new Scratch()) {
            Pointer comparison = scratch.zeroed(COMPARISON_BYTES);
            rule.when().ifPresent(argument -> {
                comparison.setInt(0, argument.position());
                comparison.setInt(4, CMP_MASKED_EQ);
                comparison.setLong(8, argument.mask());
                comparison.setLong(16, argument.value());
            });
            int count = rule.when().isPresent() ? 1 : 0;
            int answer = Library.seccomp_rule_add_array(filter, action, call, count, comparison);
            // Two names of one call.
            if (answer != EEXIST) {
                check("seccomp_rule_add_array(" + rule.call() + ")", answer);
            }
            return true;
        }
    }

    /** A pipe takes 64 KiB, twice the longest program that the kernel takes. */
    private static byte[] export(Pointer filter) {
        ByteArrayOutputStream program = new ByteArrayOutputStream();
        try (Pipe pipe = FileCalls.pipe()) {
            try (Fd writeEnd = pipe.writeEnd()) {
                check("seccomp_export_bpf", Library.seccomp_export_bpf(filter, writeEnd.number()));
            }
            byte[] buffer = new byte[4096];
            for (int count = FileCalls.read(pipe.readEnd(), buffer, 0, buffer.length);
                    count > 0;
                    count = FileCalls.read(pipe.readEnd(), buffer, 0, buffer.length)) {
                program.write(buffer, 0, count);
            }
        }
        return program.toByteArray();
    }

    private interface Call<T> {
        T make();
    }

    private static <T> T available(Call<T> call) {
        try {
            return call.make();
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new UnsupportedOperationException(
                    "the library that makes filters of system calls is not there (" + LIBRARY + "); " + REMEDY, e);
        }
    }

    /** These functions answer a negative errno. */
    private static void check(String function, int answer) {
        if (answer < 0) {
            throw new IllegalStateException(function + " of libseccomp: " + new Errno(-answer));
        }
    }
}
