package io.bulkhead.console.demo;

import io.bulkhead.contract.unit.ByteSize;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads that run against the walls of a partition, and what their output means. sh and perl-base are enough. Pure. */
final class WallProbes {
    private static final Pattern FILL = Pattern.compile("written_bytes=(\\d+) error=(\\d+) (.*)");
    private static final Pattern TRAFFIC = Pattern.compile("received_bytes=(\\d+) micros=(\\d+)");
    private static final Pattern REACH = Pattern.compile("status=(\\d*) error=(.*)");

    private static final String FILL_SCRIPT = """
            my ($file, $most) = @ARGV;
            open my $out, '>', $file or die "$file: $!\\n";
            my ($written, $piece) = (0, "\\0" x 1048576);
            my ($error, $text) = (0, 'no error');
            while ($written < $most) {
                my $count = syswrite $out, $piece;
                if (!defined $count) { ($error, $text) = ($! + 0, "$!"); last }
                $written += $count;
            }
            printf "written_bytes=%d error=%d %s\\n", $written, $error, $text;
            """;

    /** Serves one client: {@code send} writes as long as it is read, {@code receive} reads until its end and counts. */
    private static final String TRAFFIC_SCRIPT = """
            use IO::Socket::INET;
            use Time::HiRes qw(time);
            my ($what, $port) = @ARGV;
            $SIG{PIPE} = 'IGNORE';
            $SIG{ALRM} = sub { exit 1 };
            alarm 20;
            my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 1, ReuseAddr => 1) or die "$@\\n";
            my $client = $server->accept or die "accept: $!\\n";
            my $piece = "x" x 65536;
            if ($what eq 'send') { 1 while syswrite $client, $piece; exit 0 }
            my ($bytes, $start) = (0, time);
            while (my $count = sysread $client, $piece, 65536) { $bytes += $count }
            printf "received_bytes=%d micros=%d\\n", $bytes, (time - $start) * 1e6;
            """;

    private static final String REACH_SCRIPT = """
            use IO::Socket::INET;
            my ($host, $port, $seconds) = @ARGV;
            my $server = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => $seconds);
            if (!$server) { my $error = $@; $error =~ s/^IO::Socket::INET: //; print "status= error=$error\\n"; exit 0 }
            print $server "GET / HTTP/1.1\\r\\nHost: demo\\r\\n\\r\\n";
            local $/; my $answer = <$server>;
            my ($status, $body) = $answer =~ m{^HTTP/1.1 (\\d+).*?\\r\\n\\r\\n(.*)}s;
            print "status=$status error=none\\n$body";
            """;

    private WallProbes() {}

    /** How far a file grew, and what the kernel said then (errno(3), 0: nothing). */
    record Filled(ByteSize written, int error, String text) {}

    /** What a service answered on the network; status 0 and the reason where it could not be reached. */
    record Reached(int status, String error, String body) {}

    /** Writes into a file until the kernel says no, but not more than so much. */
    static List<String> fill(String file, ByteSize most) {
        return List.of("perl", "-e", FILL_SCRIPT, file, Long.toString(most.bytes()));
    }

    static Optional<Filled> filled(String output) {
        Matcher matcher = FILL.matcher(output);
        return matcher.find()
                ? Optional.of(new Filled(
                        new ByteSize(Long.parseLong(matcher.group(1))),
                        Integer.parseInt(matcher.group(2)),
                        matcher.group(3)))
                : Optional.empty();
    }

    /** Serves one client that only reads. */
    static List<String> sender(int port) {
        return List.of("perl", "-e", TRAFFIC_SCRIPT, "send", Integer.toString(port));
    }

    /** Serves one client that only writes, and tells how fast it came. */
    static List<String> receiver(int port) {
        return List.of("perl", "-e", TRAFFIC_SCRIPT, "receive", Integer.toString(port));
    }

    static Optional<Probes.Transfer> received(String output) {
        Matcher matcher = TRAFFIC.matcher(output);
        return matcher.find()
                ? Optional.of(new Probes.Transfer(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    /** Asks a service by its name or address, and gives up after so many seconds. */
    static List<String> reach(String host, int port, int seconds) {
        return List.of("perl", "-e", REACH_SCRIPT, host, Integer.toString(port), Integer.toString(seconds));
    }

    static Reached reached(String output) {
        Matcher matcher = REACH.matcher(output);
        if (!matcher.find()) {
            return new Reached(0, "nothing was asked", "");
        }
        return new Reached(
                matcher.group(1).isEmpty() ? 0 : Integer.parseInt(matcher.group(1)),
                matcher.group(2),
                output.substring(matcher.end()).strip());
    }
}
