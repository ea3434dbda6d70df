package io.bulkhead.harness.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulkhead.contract.order.StreamMessage.Mark;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.State;
import io.bulkhead.harness.proof.Proves;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A console's stream goes on over whatever becomes of our processes: every byte has one offset, and what is lost is told. */
class ConsoleContinuityIT {
    private static final long SEED = 20_261_127;
    private static final String NAME = "stream";

    /** So much that a reader has the time to come back. */
    private static final String HISTORY = "32MiB";

    /** As fast as it goes with the slow start of a JVM beside it. */
    private static final String RATE = "2MiB/s";

    private Installation host;
    private NumberedLines reader;

    @BeforeEach
    void install() {
        host = Installation.up();
        host.run(
                        "define",
                        NAME,
                        "--cpus",
                        ThisHost.partOfCpu("0.3"),
                        "--memory",
                        "64MiB",
                        "--console-rate",
                        RATE,
                        "--console-history",
                        HISTORY)
                .expect(0);
        reader = new NumberedLines(host, new PartitionName(NAME));
    }

    @AfterEach
    void remove() {
        reader.close();
        host.close();
    }

    @Test
    @NotInTheLab("each kill takes twenty seconds there")
    @Proves("a console's output goes on with every byte and exact offsets when the manager dies or is replaced")
    void everyByteHasItsOffsetThoughTheManagerDiesAtAnyMoment() {
        Random random = new Random(SEED);
        host.run("start", NAME).expect(0);
        host.awaitConsole(NAME, "# ");
        String created = status().created();
        reader.start();
        host.exec(NAME, NumberedLines.WRITER).expect(0);
        long init = host.show(NAME).pid().orElseThrow();

        int rounds = Rounds.count();
        for (int i = 0; i < rounds; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100) + random.nextInt(400_000_000));
            if (i % 5 == 4) {
                host.run("down", "--keep-partitions", "--yes").expect(0);
            } else {
                Installation.kill(host.managerPid());
            }
            host.run("up").expect(0);
            long before = reader.end();
            await().atMost(Patience.seconds(20)).until(() -> reader.end() > before);
        }
        host.exec(NAME, "rm /tmp/go").expect(0);
        await().atMost(Patience.seconds(30)).until(() -> reader.end() == status().offset());

        assertThat(host.show(NAME).pid()).contains(init);
        assertThat(status().created()).isEqualTo(created);
        NumberedLines.Findings found = reader.check();
        assertThat(found.restarts()).isEqualTo(rounds);
        assertThat(found.lines()).isGreaterThan(1000L * rounds);
        assertThat(found.delivered() + found.gaps()).isEqualTo(status().offset() - reader.begin());
        // Where the process died in a read of a few bytes, nobody can tell whether they came.
        assertThat(found.gaps()).isLessThanOrEqualTo(8L * rounds);
    }

    @Test
    @Proves("a console's offsets go on over runs of the partition and after everything was down")
    void offsetsGoOnAfterEverythingWasDown() {
        host.run("start", NAME).expect(0);
        host.awaitConsole(NAME, "# ");
        Path ring = host.file("consoles/" + NAME + ".ring");
        assertThat(ring).exists();
        host.run("stop", NAME).expect(0);
        ConsoleStatus before = status();

        host.run("down", "--yes").expect(0);

        assertThat(ring.getParent()).doesNotExist();
        host.run("up").expect(0);
        assertThat(host.show(NAME).state()).isEqualTo(State.BOUND);
        assertThat(status().created()).isEqualTo(before.created());
        assertThat(status().offset()).isEqualTo(before.offset());
        host.run("start", NAME).expect(0);
        host.awaitConsole(NAME, "# ");
        assertThat(status().start()).isEqualTo(before.offset());
        assertThat(status().offset()).isGreaterThan(before.offset());
        assertThat(reader.marksFrom(before.offset())).extracting(Mark::kind).containsExactly(Mark.Kind.RUN_BEGAN);

        host.run("stop", "--kill", "--yes", NAME).expect(0);
        host.run("delete", "--yes", NAME).expect(0);
        assertThat(ring.getParent()).isEmptyDirectory();
    }

    private ConsoleStatus status() {
        return host.show(NAME).console();
    }
}
