package io.bulkhead.manager.sys;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes filters of system calls for the kernel; seccomp(2). What no rule names is allowed. Every rule holds for all the
 * architectures whose programs this machine runs. Safe for any thread.
 */
public interface FilterCompiler {
    /**
     * Compiles rules into a program that can be installed as it is.
     *
     * @throws UnsupportedOperationException if this host has nothing to compile with; says what to install
     */
    Compiled compile(List<Rule> rules);

    /** Whether a name is that of a system call of any architecture. */
    boolean knows(String name);

    /**
     * A call that is answered with an error.
     *
     * @param call its name
     * @param errno the answer
     * @param when the argument that it is refused for; whatever its arguments are where empty
     */
    record Rule(String call, Errno errno, Optional<Argument> when) {}

    /**
     * An argument: {@code (argument & mask) == value}.
     *
     * @param position from 0
     */
    record Argument(int position, long mask, long value) {}

    /**
     * A program.
     *
     * @param program instructions of struct sock_filter in the order of this machine's bytes
     * @param unknown calls of rules that were left out, since nobody here knows them
     */
    record Compiled(byte[] program, List<String> unknown) {
        /** Bytes of each instruction; linux/filter.h. */
        public static final int INSTRUCTION_BYTES = 8;

        public Compiled {
            program = program.clone();
            unknown = List.copyOf(unknown);
        }

        @Override
        public byte[] program() {
            return program.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Compiled that
                    && Arrays.equals(program, that.program)
                    && unknown.equals(that.unknown);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(program);
        }
    }
}
