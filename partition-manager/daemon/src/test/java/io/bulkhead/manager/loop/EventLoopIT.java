package io.bulkhead.manager.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.ProcessEnd;
import io.bulkhead.manager.sys.PseudoTerminal;
import io.bulkhead.manager.sys.Ready;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.jna.JnaSyscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop on the real kernel. */
@Timeout(30)
class EventLoopIT {
    private final JnaSyscalls kernel = new JnaSyscalls();
    private final EventLoop loop = EventLoop.start(kernel);
    private final List<Pipe> pipes = new ArrayList<>();

    @AfterEach
    void closeAll() {
        loop.close();
        pipes.forEach(Pipe::close);
    }

    private Pipe pipe() {
        Pipe pipe = kernel.pipe();
        kernel.setNonBlocking(pipe.readEnd(), true);
        pipes.add(pipe);
        return pipe;
    }

    private void writeByte(Pipe pipe) {
        kernel.write(pipe.writeEnd(), new byte[1], 0, 1);
    }

    private int readByte(Fd fd) {
        return kernel.read(fd, new byte[1], 0, 1);
    }

    @Test
    void tellsAHandlerOnTheLoopsThreadThatThereIsSomethingToRead() throws Exception {
        Pipe pipe = pipe();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        loop.register(pipe.readEnd(), Interest.READ, ready -> {
            seen.add(Thread.currentThread().getName() + " " + ready.readable() + " " + loop.onLoop());
            readByte(pipe.readEnd());
        });

        writeByte(pipe);

        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("event-loop true true");
    }

    @Test
    void handsTheEndsOfProcessesOut() throws Exception {
        long pid = kernel.spawn(new SpawnRequest("/bin/sh", List.of("sh", "-c", "exit 3"), Map.of(), Map.of()));
        CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
        try (Fd process = kernel.openProcess(pid)) {
            AtomicReference<Registration> registration = new AtomicReference<>();
            loop.execute(() -> registration.set(loop.register(process, Interest.READ, ready -> {
                // Cancelled first: what completes is free to close the descriptor.
                registration.get().cancel();
                end.complete(kernel.pollEnd(process).orElseThrow());
            })));

            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(new ProcessEnd.Exited(3));
        }
    }

    @Test
    void givesEachReadyDescriptorOneRunInATurn() throws Exception {
        // Given: two handlers that never drain, and a loop that is kept busy until both are ready.
        Pipe first = pipe();
        Pipe second = pipe();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch enough = new CountDownLatch(20);
        CountDownLatch bothReady = new CountDownLatch(1);
        loop.execute(() -> await(bothReady));
        Registration a = loop.register(first.readEnd(), Interest.READ, ready -> {
            order.add("a");
            enough.countDown();
        });
        Registration b = loop.register(second.readEnd(), Interest.READ, ready -> {
            order.add("b");
            enough.countDown();
        });
        writeByte(first);
        writeByte(second);

        bothReady.countDown();
        await(enough);
        a.cancel();
        b.cancel();

        for (int i = 0; i < 20; i += 2) {
            assertThat(order.subList(i, i + 2)).containsExactlyInAnyOrder("a", "b");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void cancelOnAnotherThreadWaitsForTheHandlerUnderWayAndAllowsNoOther() throws Exception {
        Pipe pipe = pipe();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Registration registration = loop.register(pipe.readEnd(), Interest.READ, ready -> {
            entered.countDown();
            await(leave);
            runs.incrementAndGet();
        });
        writeByte(pipe);
        await(entered);

        Thread canceller = new Thread(registration::cancel);
        canceller.start();
        Awaitility.await().until(() -> canceller.getState() == Thread.State.WAITING);
        assertThat(runs).hasValue(0);
        leave.countDown();
        canceller.join();

        assertThat(runs).hasValue(1);
        afterTurns(3);
        assertThat(runs).hasValue(1);
        registration.cancel();
        registration.change(Interest.READ);
        afterTurns(3);
        assertThat(runs).hasValue(1);
    }

    /** Lets the loop make turns, so that what must not come could have come. */
    private void afterTurns(int turns) throws Exception {
        for (int i = 0; i < turns; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            loop.execute(() -> done.complete(null));
            done.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void racingCancelsNeverLetAHandlerSeeAClosedDescriptor() throws Exception {
        AtomicInteger late = new AtomicInteger();
        for (int round = 0; round < 300; round++) {
            Pipe pipe = kernel.pipe();
            boolean[] closed = new boolean[1];
            Registration registration = loop.register(pipe.readEnd(), Interest.READ, ready -> {
                if (closed[0]) {
                    late.incrementAndGet();
                }
            });
            kernel.write(pipe.writeEnd(), new byte[1], 0, 1);
            registration.cancel();
            closed[0] = true;
            pipe.close();
        }

        afterTurns(1);
        assertThat(late).hasValue(0);
    }

    @Test
    void suspendsAHandlerThatThrowsUntilItIsChangedAndServesTheOthers() throws Exception {
        Pipe broken = pipe();
        Pipe sound = pipe();
        AtomicInteger failures = new AtomicInteger();
        BlockingQueue<Ready> served = new LinkedBlockingQueue<>();
        Registration registration = loop.register(broken.readEnd(), Interest.READ, ready -> {
            failures.incrementAndGet();
            throw new IllegalStateException("on purpose");
        });
        loop.register(sound.readEnd(), Interest.READ, ready -> {
            readByte(sound.readEnd());
            served.add(ready);
        });

        writeByte(broken);
        Awaitility.await().until(() -> failures.get() == 1);
        writeByte(sound);
        assertThat(served.poll(10, TimeUnit.SECONDS)).isNotNull();
        afterTurns(3);
        assertThat(failures).hasValue(1);

        registration.change(Interest.READ);
        Awaitility.await().until(() -> failures.get() == 2);
    }

    @Test
    void listensForRoomToWriteOnlyWhileAsked() throws Exception {
        Pipe pair = kernel.socketPair();
        pipes.add(pair);
        BlockingQueue<Ready> notices = new LinkedBlockingQueue<>();
        AtomicReference<Registration> registration = new AtomicReference<>();
        loop.execute(() -> registration.set(loop.register(pair.writeEnd(), Interest.READ, ready -> {
            notices.add(ready);
            registration.get().change(Interest.NONE);
        })));
        afterTurns(2);
        assertThat(notices).isEmpty();

        registration.get().change(Interest.READ_WRITE);

        Ready notice = notices.poll(10, TimeUnit.SECONDS);
        assertThat(notice).isNotNull();
        assertThat(notice.writable()).isTrue();
        assertThat(notice.readable()).isFalse();
        afterTurns(3);
        assertThat(notices).isEmpty();
    }

    @Test
    void doesNotSpinOnAHungUpConsoleButHearsItAgain() throws Exception {
        PseudoTerminal terminal = kernel.openPseudoTerminal();
        try (Fd master = terminal.master()) {
            openSlave(terminal).close();
            AtomicInteger hangUps = new AtomicInteger();
            CountDownLatch said = new CountDownLatch(1);
            byte[] buffer = new byte[16];
            Registration registration = loop.register(master, Interest.READ, ready -> {
                try {
                    if (kernel.read(master, buffer, 0, buffer.length) > 0) {
                        said.countDown();
                    }
                } catch (ErrnoException e) {
                    hangUps.incrementAndGet();
                }
            });
            Awaitility.await().until(() -> hangUps.get() > 0);
            int before = hangUps.get();
            CompletableFuture<Integer> after = new CompletableFuture<>();
            loop.schedule(500, () -> after.complete(hangUps.get()));
            // Ten pauses of 50 ms at most, and one for the edge; a spinning loop makes thousands.
            assertThat(after.get(10, TimeUnit.SECONDS) - before).isLessThanOrEqualTo(11);

            try (Fd slave = openSlave(terminal)) {
                kernel.write(slave, new byte[] {'x'}, 0, 1);
                await(said);
            }
            registration.cancel();
        }
    }

    private Fd openSlave(PseudoTerminal terminal) {
        return kernel.open(terminal.slave(), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TTY));
    }

    @Test
    void runsTimersInOrderOfTimeAndNeverEarly() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Long> last = new CompletableFuture<>();
        long start = System.nanoTime();
        loop.schedule(60, () -> {
            order.add("60");
            last.complete(System.nanoTime() - start);
        });
        loop.schedule(20, () -> order.add("20"));
        loop.schedule(0, () -> order.add("0"));
        Cancellable never = loop.schedule(30, () -> order.add("never"));
        loop.schedule(Long.MAX_VALUE, () -> order.add("in a hundred years"));
        never.cancel();

        assertThat(last.get(10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
        assertThat(order).containsExactly("0", "20", "60");
        assertThatThrownBy(() -> loop.schedule(-1, () -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void runsEveryTaskOfManyThreadsInTheirOrder() throws Exception {
        int threads = 4;
        int each = 5_000;
        List<List<Integer>> seen = new ArrayList<>();
        List<Thread> producers = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(threads * each);
        for (int t = 0; t < threads; t++) {
            List<Integer> mine = new ArrayList<>();
            seen.add(mine);
            Thread producer = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    loop.execute(() -> {
                        mine.add(number);
                        all.countDown();
                    });
                }
            });
            producers.add(producer);
            producer.start();
        }

        await(all);

        for (Thread producer : producers) {
            producer.join();
        }
        assertThat(seen).allSatisfy(mine -> assertThat(mine).hasSize(each).isSorted());
    }

    @Test
    void aTaskThatThrowsStopsNoOther() throws Exception {
        loop.execute(() -> {
            throw new AssertionError("on purpose");
        });

        afterTurns(1);
        assertThat(loop.onLoop()).isFalse();
    }

    @Test
    void tasksThatKeepAddingTasksKeepNobodyFromTheTurn() throws Exception {
        Pipe pipe = pipe();
        CountDownLatch heard = new CountDownLatch(1);
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            if (heard.getCount() > 0) {
                loop.execute(again[0]);
            }
        };
        loop.execute(again[0]);
        loop.register(pipe.readEnd(), Interest.READ, ready -> {
            readByte(pipe.readEnd());
            heard.countDown();
        });

        writeByte(pipe);

        await(heard);
    }

    @Test
    void closesItsDescriptorsAndRefusesWorkAfterwards() throws Exception {
        try (Pipe pipe = kernel.pipe()) {
            long before = openDescriptors();
            EventLoop other = EventLoop.start(kernel);
            assertThat(openDescriptors()).isEqualTo(before + 2);
            Registration registration = other.register(pipe.readEnd(), Interest.READ, ready -> {});

            other.close();
            other.close();

            assertThat(openDescriptors()).isEqualTo(before);
            assertThatThrownBy(() -> other.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> other.schedule(1, () -> {})).isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> other.register(pipe.readEnd(), Interest.READ, ready -> {}))
                    .isInstanceOf(RejectedExecutionException.class);
            registration.cancel();
        }
    }

    @Test
    void canBeClosedFromWithin() {
        EventLoop other = EventLoop.start(kernel);

        other.execute(other::close);

        Awaitility.await().untilAsserted(() -> assertThatThrownBy(() -> other.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class));
        other.close();
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }
}
