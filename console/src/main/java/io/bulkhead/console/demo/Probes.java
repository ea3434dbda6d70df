package io.bulkhead.console.demo;

import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads that run inside a partition, and what their output means. They need the Essential packages of Debian only: sh, dd
 * and perl-base. Pure.
 */
final class Probes {
    private static final long MEBIBYTE = 1L << 20;
    private static final Pattern DD = Pattern.compile("(\\d+) bytes(?: \\([^)]*\\))? copied, ([0-9.e+-]+) s");
    private static final Pattern CPU = Pattern.compile("cpu_millis=(\\d+) wall_millis=(\\d+) nproc=(\\d+)");
    private static final Pattern MEMORY = Pattern.compile("reached_mebibytes=(\\d+) signal=(\\d+)");
    private static final Pattern TASKS = Pattern.compile("forked=(\\d+) error=(\\d+)");
    private static final Pattern SERVICE = Pattern.compile("status=(\\d+) slowest_micros=(\\d+)");

    private static final String CPU_SCRIPT = """
            use POSIX ();
            use Time::HiRes qw(time);
            my ($seconds, $spinners) = @ARGV;
            my $start = time;
            for (1 .. $spinners) {
                my $pid = fork;
                die "fork: $!" unless defined $pid;
                if (!$pid) { my $end = $start + $seconds; my $n = 0; while (time < $end) { $n++ for 1 .. 1000 } POSIX::_exit(0) }
            }
            1 while wait != -1;
            my (undef, undef, $user, $system) = times;
            my $nproc = `nproc`; chomp $nproc;
            printf "cpu_millis=%d wall_millis=%d nproc=%d\\n", ($user + $system) * 1000, (time - $start) * 1000, $nproc;
            """;

    private static final String MEMORY_SCRIPT = """
            my ($most) = @ARGV;
            pipe my $in, my $out or die;
            my $pid = fork;
            die "fork: $!" unless defined $pid;
            if (!$pid) {
                my @held;
                for my $n (1 .. $most) { push @held, chr(65 + $n % 26) x 1048576; syswrite $out, pack 'N', $n }
                exit 0;
            }
            close $out;
            my ($reached, $piece) = (0);
            while ((sysread $in, $piece, 4) == 4) { $reached = unpack 'N', $piece }
            waitpid $pid, 0;
            printf "reached_mebibytes=%d signal=%d\\n", $reached, $? & 127;
            """;

    private static final String TASKS_SCRIPT = """
            my ($most) = @ARGV;
            my @pids;
            my $error = 0;
            while (@pids < $most) {
                my $pid = fork;
                if (!defined $pid) { $error = $! + 0; last }
                if (!$pid) { sleep 30; exit }
                push @pids, $pid;
            }
            kill 9, @pids;
            1 while wait != -1;
            printf "forked=%d error=%d\\n", scalar @pids, $error;
            """;

    private static final String SERVICE_SCRIPT = """
            use IO::Socket::INET;
            use Time::HiRes qw(time);
            my ($path, $count) = @ARGV;
            my ($status, $slowest, $body) = (0, 0, '');
            for (1 .. $count) {
                my $start = time;
                my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 8080, Timeout => 5) or last;
                print $server "GET $path HTTP/1.1\\r\\nHost: demo\\r\\n\\r\\n";
                local $/; my $answer = <$server>;
                ($status, $body) = $answer =~ m{^HTTP/1.1 (\\d+).*?\\r\\n\\r\\n(.*)}s;
                my $took = time - $start;
                $slowest = $took if $took > $slowest;
            }
            printf "status=%d slowest_micros=%d\\n%s", $status, $slowest * 1e6, $body;
            """;

    private Probes() {}

    /** CPU time used by spinning processes. */
    record CpuUse(long cpuMillis, long wallMillis, int visibleCpus) {
        /** CPU time per time, thousandths. */
        long share() {
            return wallMillis == 0 ? 0 : cpuMillis * 1000 / wallMillis;
        }
    }

    /** How far an allocation came, and which signal ended it (0: none). */
    record MemoryUse(ByteSize reached, int signal) {}

    /** How many processes could be made, and the errno(3) of the one that could not (0: all could). */
    record TaskUse(int forked, int error) {}

    /** Bytes moved in some time. */
    record Transfer(long bytes, long micros) {
        long bytesPerSecond() {
            return micros == 0 ? 0 : Math.multiplyExact(bytes, 1_000_000) / micros;
        }
    }

    /** What a service answered. */
    record ServiceUse(int status, long slowestMicros, String body) {}

    static List<String> cpu(int seconds, int spinners) {
        return List.of("perl", "-e", CPU_SCRIPT, Integer.toString(seconds), Integer.toString(spinners));
    }

    static Optional<CpuUse> cpuUse(String output) {
        Matcher matcher = CPU.matcher(output);
        return matcher.find()
                ? Optional.of(new CpuUse(number(matcher, 1), number(matcher, 2), (int) number(matcher, 3)))
                : Optional.empty();
    }

    /** Allocates and touches up to so much, a mebibyte at a time. */
    static List<String> memory(ByteSize most) {
        return List.of("perl", "-e", MEMORY_SCRIPT, Long.toString(most.bytes() / MEBIBYTE));
    }

    static Optional<MemoryUse> memoryUse(String output) {
        Matcher matcher = MEMORY.matcher(output);
        return matcher.find()
                ? Optional.of(new MemoryUse(ByteSize.ofMebibytes(number(matcher, 1)), (int) number(matcher, 2)))
                : Optional.empty();
    }

    /** Makes up to so many processes that sleep. */
    static List<String> tasks(int most) {
        return List.of("perl", "-e", TASKS_SCRIPT, Integer.toString(most));
    }

    static Optional<TaskUse> taskUse(String output) {
        Matcher matcher = TASKS.matcher(output);
        return matcher.find()
                ? Optional.of(new TaskUse((int) number(matcher, 1), (int) number(matcher, 2)))
                : Optional.empty();
    }

    /** Writes past the page cache, mebibytes at a time. */
    static List<String> write(String file, int mebibytes) {
        return List.of("dd", "if=/dev/zero", "of=" + file, "bs=1M", "count=" + mebibytes, "oflag=direct", "conv=fsync");
    }

    /** Reads past the page cache. */
    static List<String> read(String file) {
        return List.of("dd", "if=" + file, "of=/dev/null", "bs=1M", "iflag=direct");
    }

    /** What dd(1) says on standard error in the locale C. */
    static Optional<Transfer> transfer(String dd) {
        Matcher matcher = DD.matcher(dd);
        return matcher.find()
                ? Optional.of(new Transfer(number(matcher, 1), Math.round(Double.parseDouble(matcher.group(2)) * 1e6)))
                : Optional.empty();
    }

    /** Asks the service of {@code configs/demo.yaml} from inside, so many times. */
    static List<String> service(String path, int times) {
        return List.of("perl", "-e", SERVICE_SCRIPT, path, Integer.toString(times));
    }

    static Optional<ServiceUse> serviceUse(String output) {
        Matcher matcher = SERVICE.matcher(output);
        return matcher.find()
                ? Optional.of(new ServiceUse(
                        (int) number(matcher, 1),
                        number(matcher, 2),
                        output.substring(matcher.end()).strip()))
                : Optional.empty();
    }

    private static long number(Matcher matcher, int group) {
        return Long.parseLong(matcher.group(group));
    }
}
