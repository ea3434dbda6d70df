package io.bulkhead.manager.server;

import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.WireException;
import io.bulkhead.manager.enter.Entrance.Entered;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.Ready;
import io.bulkhead.manager.sys.Signals;
import io.bulkhead.manager.sys.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the bytes of one command on one thread: its output to the peer, input to it, and last how it ended. A peer that
 * does not read holds up the command and nobody else. What the command left running in the background does not keep the
 * stream open. {@link #run()} on its own thread; everything else from the connection's.
 */
final class CommandPump {
    private static final Logger LOG = LoggerFactory.getLogger(CommandPump.class);
    private static final int PIECE_BYTES = 32 << 10;
    private static final int QUEUE_BYTES = 64 << 10;
    /** What is read at most of a command that has ended: its descendants may go on writing for ever. */
    private static final int LAST_BYTES = 1 << 20;

    private static final int HANG_UP_MILLIS = 1000;
    private static final byte[] END_OF_TRANSMISSION = {4};

    private static final long OUTPUT = 1;
    private static final long ERRORS = 2;
    private static final long INPUT = 3;
    private static final long PROCESS = 4;
    private static final long WAKE = 5;

    /** Signals and sizes that wait while the peer does not read. */
    private static final int MOST_REQUESTS = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<Runnable> requests = new ArrayDeque<>();
    private final Deque<byte[]> input = new ArrayDeque<>();
    private final Entered command;
    private final Syscalls calls;
    private final Peer peer;
    private final CommandSignals signals;
    private final Fd poll;
    private final Fd wake;
    private int queued;
    private boolean inputEnded;
    private boolean hungUp;
    private boolean finished;
    private boolean inputWatched;
    private boolean inputClosed;

    /** Takes frames; waits as long as the peer does. */
    interface Peer {
        void send(Frame frame) throws IOException;
    }

    CommandPump(Entered command, Syscalls calls, Peer peer) {
        this.command = command;
        this.calls = calls;
        this.peer = peer;
        this.signals = new CommandSignals(command, calls, new ProcessTable(Path.of("/proc")));
        this.poll = calls.createPoll();
        this.wake = calls.createWakeUp();
    }

    // ---- the connection's thread

    /** Takes input if there is room for it within the time. */
    boolean offer(byte[] bytes, long atMostMillis) throws InterruptedException {
        long nanos = TimeUnit.MILLISECONDS.toNanos(atMostMillis);
        lock.lockInterruptibly();
        try {
            while (!finished && queued > 0 && queued + bytes.length > QUEUE_BYTES) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = room.awaitNanos(nanos);
            }
            if (!finished && !inputEnded && bytes.length > 0) {
                input.add(bytes);
                queued += bytes.length;
                wakeUp();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void endInput() {
        request(() -> inputEnded = true);
    }

    void resize(WindowSize size) {
        request(() -> {
            if (command.terminal()) {
                calls.setWindowSize(command.input(), size);
            }
        });
    }

    void signal(int number) {
        request(() -> signals.send(number));
    }

    /** The peer has left. */
    void hangUp() {
        lock.lock();
        try {
            add(() -> hungUp = true);
        } finally {
            lock.unlock();
        }
    }

    private void request(Runnable request) {
        lock.lock();
        try {
            if (requests.size() >= MOST_REQUESTS) {
                throw new WireException("more than " + MOST_REQUESTS + " signals and sizes wait for a command"
                        + " whose output is not read");
            }
            add(request);
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private void add(Runnable request) {
        if (!finished) {
            requests.add(request);
            wakeUp();
        }
    }

    private void wakeUp() {
        byte[] one = {1, 0, 0, 0, 0, 0, 0, 0};
        calls.write(wake, one, 0, one.length);
    }

    // ---- its own thread

    void run() {
        try {
            begin();
            Optional<ProcessEnd> end = Optional.empty();
            while (end.isEmpty() && !hungUp) {
                end = turn(-1);
            }
            if (end.isPresent()) {
                drain();
                peer.send(Frame.stream(new StreamMessage.Exited(end.get().shellStatus())));
            } else {
                endCommand();
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("reason", e).log("The peer of a command has left");
            endCommand();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("A command's stream failed");
            endCommand();
        } finally {
            finish();
        }
    }

    private void begin() {
        calls.setNonBlocking(command.output(), true);
        calls.setNonBlocking(command.input(), true);
        calls.addToPoll(poll, command.output(), OUTPUT, true, false);
        command.errors().ifPresent(errors -> {
            calls.setNonBlocking(errors, true);
            calls.addToPoll(poll, errors, ERRORS, true, false);
        });
        calls.addToPoll(poll, command.process(), PROCESS, true, false);
        calls.addToPoll(poll, wake, WAKE, true, false);
    }

    private Optional<ProcessEnd> turn(int timeoutMillis) throws IOException {
        boolean ended = false;
        for (Ready ready : calls.awaitReady(poll, timeoutMillis)) {
            if (ready.token() == WAKE) {
                calls.read(wake, new byte[Long.BYTES], 0, Long.BYTES);
                takeRequests();
            } else if (ready.token() == PROCESS) {
                ended = true;
            } else if (ready.token() == ERRORS) {
                pass(command.errors().orElseThrow(), Frame.Kind.ERROR_OUTPUT);
            } else if (ready.token() == OUTPUT && (ready.readable() || ready.hungUp())) {
                pass(command.output(), Frame.Kind.OUTPUT);
            }
        }
        writeInput();
        return ended ? calls.pollEnd(command.process()) : Optional.empty();
    }

    private void takeRequests() {
        Deque<Runnable> taken;
        lock.lock();
        try {
            taken = new ArrayDeque<>(requests);
            requests.clear();
        } finally {
            lock.unlock();
        }
        for (Runnable request : taken) {
            try {
                request.run();
            } catch (ErrnoException e) {
                // A signal that comes too late, say.
                LOG.atDebug().setCause(e).log("A request to a command had no effect");
            }
        }
    }

    /** Passes one piece on; the count, 0 if there is nothing. At the end it stops listening. */
    private int pass(Fd from, Frame.Kind kind) throws IOException {
        byte[] bytes = new byte[PIECE_BYTES];
        int count;
        try {
            count = calls.read(from, bytes, 0, bytes.length);
        } catch (ErrnoException e) {
            if (e.is(Errno.EAGAIN)) {
                return 0;
            }
            // EIO: nobody holds the terminal's other side any more.
            count = -1;
        }
        if (count < 0) {
            calls.removeFromPoll(poll, from);
            inputWatched = inputWatched && !command.terminal();
            inputClosed = inputClosed || command.terminal();
            return 0;
        }
        peer.send(new Frame(kind, Arrays.copyOf(bytes, count)));
        return count;
    }

    private void writeInput() {
        while (!inputClosed) {
            byte[] next = nextInput();
            if (next.length == 0) {
                break;
            }
            try {
                inputWritten(next, calls.write(command.input(), next, 0, next.length));
            } catch (ErrnoException e) {
                if (e.is(Errno.EAGAIN)) {
                    watchInput(true);
                    return;
                }
                // EPIPE: it has closed its input, as `head` does. The rest is for nobody.
                closeInput();
            }
        }
        watchInput(false);
        if (inputEnded && !inputClosed) {
            endOfInput();
        }
    }

    private void endOfInput() {
        if (command.terminal()) {
            inputClosed = true;
            try {
                calls.write(command.input(), END_OF_TRANSMISSION, 0, 1);
            } catch (ErrnoException e) {
                LOG.atDebug().setCause(e).log("A terminal took no end of input");
            }
        } else {
            closeInput();
        }
    }

    private void closeInput() {
        inputClosed = true;
        if (!command.terminal()) {
            watchInput(false);
            command.input().close();
        }
        lock.lock();
        try {
            input.clear();
            queued = 0;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private byte[] nextInput() {
        lock.lock();
        try {
            byte[] next = input.peek();
            return next == null ? new byte[0] : next;
        } finally {
            lock.unlock();
        }
    }

    private void inputWritten(byte[] piece, int count) {
        lock.lock();
        try {
            input.remove();
            if (count < piece.length) {
                input.addFirst(Arrays.copyOfRange(piece, count, piece.length));
            }
            queued -= count;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void watchInput(boolean wanted) {
        if (wanted == inputWatched) {
            return;
        }
        inputWatched = wanted;
        if (command.terminal()) {
            calls.changeInPoll(poll, command.output(), OUTPUT, true, wanted);
        } else if (wanted) {
            calls.addToPoll(poll, command.input(), INPUT, false, true);
        } else {
            calls.removeFromPoll(poll, command.input());
        }
    }

    /** What it wrote before it ended is still in the pipes. */
    private void drain() throws IOException {
        int left = LAST_BYTES;
        for (int count = 1; count > 0 && left > 0; left -= count) {
            count = passQuietly(command.output(), Frame.Kind.OUTPUT);
            if (command.errors().isPresent()) {
                count += passQuietly(command.errors().get(), Frame.Kind.ERROR_OUTPUT);
            }
        }
    }

    private int passQuietly(Fd from, Frame.Kind kind) throws IOException {
        byte[] bytes = new byte[PIECE_BYTES];
        try {
            int count = calls.read(from, bytes, 0, bytes.length);
            if (count > 0) {
                peer.send(new Frame(kind, Arrays.copyOf(bytes, count)));
            }
            return Math.max(0, count);
        } catch (ErrnoException e) {
            return 0;
        }
    }

    /** Nobody is there any more to hear of it: hangs up, then kills. */
    private void endCommand() {
        try {
            for (int signal : new int[] {Signals.SIGHUP, Signals.SIGKILL}) {
                signals.send(signal);
                long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HANG_UP_MILLIS);
                while (System.nanoTime() < deadline) {
                    if (calls.pollEnd(command.process()).isPresent()) {
                        return;
                    }
                    awaitProcess();
                }
            }
        } catch (ErrnoException e) {
            LOG.atDebug().setCause(e).log("A command could not be ended; it has ended by itself");
        }
    }

    private void awaitProcess() {
        Fd only = calls.createPoll();
        try (only) {
            calls.addToPoll(only, command.process(), PROCESS, true, false);
            calls.awaitReady(only, HANG_UP_MILLIS / 10);
        }
    }

    private void finish() {
        lock.lock();
        try {
            finished = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
        poll.close();
        wake.close();
        command.close();
    }
}
