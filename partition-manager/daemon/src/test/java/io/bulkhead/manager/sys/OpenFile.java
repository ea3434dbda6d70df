package io.bulkhead.manager.sys;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a descriptor of {@link InMemorySyscalls} refers to. Guarded by its kernel's monitor. */
abstract class OpenFile {
    /** The answer of a read or write that would have to wait. */
    static final int WOULD_BLOCK = -2;

    final String description;
    boolean nonBlocking;
    private int references;

    OpenFile(String description) {
        this.description = description;
    }

    void opened() {
        references++;
    }

    final void closed() {
        references--;
        if (references == 0) {
            lastClosed();
        }
    }

    void lastClosed() {}

    /** A count, -1 at the end, {@link #WOULD_BLOCK}; or an error. */
    int read(byte[] into, int offset, int length) {
        throw new Fault(Errno.EINVAL);
    }

    int write(byte[] from, int offset, int length) {
        throw new Fault(Errno.EINVAL);
    }

    /** As read, from a position. */
    int readAt(long position, byte[] into, int offset, int length) {
        throw new Fault(Errno.ESPIPE);
    }

    /** As FIONREAD has it. */
    int readableBytes() {
        throw new Fault(Errno.EINVAL);
    }

    /** Whether it is a file of the kernel's that has changed since it was last read from its beginning. */
    boolean changed() {
        return false;
    }

    boolean readable() {
        return false;
    }

    boolean writable() {
        return false;
    }

    boolean hungUp() {
        return false;
    }

    /** An error without the call's name, which the kernel adds. */
    static final class Fault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int number;

        Fault(Errno errno) {
            super(errno.toString(), null, false, false);
            number = errno.number();
        }

        Errno errno() {
            return new Errno(number);
        }
    }

    /** Bytes on their way in one direction. */
    static final class Channel {
        private final Deque<Byte> bytes = new ArrayDeque<>();
        int readers;
        int writers;

        boolean isEmpty() {
            return bytes.isEmpty();
        }

        private int take(byte[] into, int offset, int length) {
            int count = Math.min(length, bytes.size());
            for (int i = 0; i < count; i++) {
                into[offset + i] = bytes.remove();
            }
            return count;
        }

        private void put(byte[] from, int offset, int length) {
            for (int i = 0; i < length; i++) {
                bytes.add(from[offset + i]);
            }
        }
    }

    /** An end of a pipe, a socket pair or a terminal. */
    static final class End extends OpenFile {
        final @Nullable Channel in;
        private final @Nullable Channel out;
        private final boolean terminal;
        private boolean counted;

        /** A master reads EIO only after a slave was open once. */
        boolean otherSideWasThere;

        /** The number of the slave, for both ends of a terminal. */
        final Optional<Integer> terminalNumber;

        End(String description, @Nullable Channel in, @Nullable Channel out, Optional<Integer> terminalNumber) {
            super(description);
            this.in = in;
            this.out = out;
            this.terminalNumber = terminalNumber;
            this.terminal = terminalNumber.isPresent();
        }

        /** What the other side of a terminal reads from. */
        @Nullable Channel peerIn() {
            return out;
        }

        @Override
        void opened() {
            super.opened();
            if (!counted) {
                counted = true;
                count(1);
            }
        }

        @Override
        void lastClosed() {
            count(-1);
        }

        private void count(int change) {
            if (in != null) {
                in.readers += change;
            }
            if (out != null) {
                out.writers += change;
            }
        }

        @Override
        int read(byte[] into, int offset, int length) {
            if (in == null) {
                throw new Fault(Errno.EBADF);
            }
            if (!in.isEmpty()) {
                return in.take(into, offset, length);
            }
            if (in.writers > 0 || terminal && !otherSideWasThere) {
                return WOULD_BLOCK;
            }
            if (terminal) {
                throw new Fault(Errno.EIO);
            }
            return -1;
        }

        @Override
        int readableBytes() {
            return in == null ? 0 : in.bytes.size();
        }

        @Override
        int write(byte[] from, int offset, int length) {
            if (out == null) {
                throw new Fault(Errno.EBADF);
            }
            if (out.readers == 0 && !terminal) {
                throw new Fault(Errno.EPIPE);
            }
            out.put(from, offset, length);
            return length;
        }

        @Override
        boolean readable() {
            return in != null && !in.isEmpty();
        }

        @Override
        boolean writable() {
            return out != null && out.readers > 0;
        }

        @Override
        boolean hungUp() {
            boolean nobodyWrites = in != null && in.writers == 0 && (!terminal || otherSideWasThere);
            return nobodyWrites || out != null && out.readers == 0 && !terminal;
        }
    }

    /** A file, directory or link of the tree; namespaces' files too. */
    static final class TreeFile extends OpenFile {
        final InMemorySyscalls.Node node;
        private int position;

        /** The version of the file that was read last. */
        private long seen = -1;

        TreeFile(String description, InMemorySyscalls.Node node) {
            super(description);
            this.node = node;
        }

        @Override
        int read(byte[] into, int offset, int length) {
            int count = readAt(position, into, offset, length);
            position += Math.max(0, count);
            return count;
        }

        @Override
        int readAt(long from, byte[] into, int offset, int length) {
            if (node.gone) {
                throw new Fault(Errno.ENODEV);
            }
            if (from == 0) {
                seen = node.changes;
            }
            byte[] content = node.content();
            int count = (int) Math.min(length, content.length - from);
            if (count <= 0) {
                return -1;
            }
            System.arraycopy(content, (int) from, into, offset, count);
            return count;
        }

        @Override
        boolean changed() {
            return node.tellsChanges && (node.gone || seen != node.changes);
        }

        @Override
        boolean hungUp() {
            return changed();
        }

        @Override
        int write(byte[] from, int offset, int length) {
            byte[] before = node.content();
            byte[] after = Arrays.copyOf(before, Math.max(before.length, position + length));
            System.arraycopy(from, offset, after, position, length);
            node.content(after);
            position += length;
            return length;
        }

        @Override
        boolean readable() {
            return true;
        }

        @Override
        boolean writable() {
            return true;
        }
    }

    /** A mount that hangs nowhere yet. */
    static final class Tree extends OpenFile {
        final String source;
        boolean attached;

        Tree(String source) {
            super("tree of " + source);
            this.source = source;
        }
    }

    static final class WakeUp extends OpenFile {
        private boolean raised;

        WakeUp() {
            super("wake-up");
            nonBlocking = true;
        }

        @Override
        int read(byte[] into, int offset, int length) {
            if (!raised) {
                return WOULD_BLOCK;
            }
            raised = false;
            return Long.BYTES;
        }

        @Override
        int write(byte[] from, int offset, int length) {
            raised = true;
            return length;
        }

        @Override
        boolean readable() {
            return raised;
        }

        @Override
        boolean writable() {
            return true;
        }
    }

    static final class ProcessFile extends OpenFile {
        final InMemoryProcess process;

        ProcessFile(InMemoryProcess process) {
            super("pidfd of " + process.pid);
            this.process = process;
        }

        @Override
        boolean readable() {
            return process.end.isPresent();
        }
    }

    static final class Poll extends OpenFile {
        /** What is watched, by number. */
        final Map<Integer, Watch> watches = new HashMap<>();

        Poll() {
            super("poll");
        }
    }

    record Watch(OpenFile file, long token, boolean readable, boolean writable, boolean changes) {}
}
