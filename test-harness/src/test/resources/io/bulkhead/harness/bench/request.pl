# HOST PORT RATE SECONDS KIND: asks a Redis, over one connection. KIND mix sets and gets in turn, over keys that hold 16 MiB
# together, and compares what it gets; write only sets.
use Socket qw(inet_aton pack_sockaddr_in PF_INET SOCK_STREAM IPPROTO_TCP TCP_NODELAY SOL_SOCKET SO_RCVTIMEO);
my ($host, $port, $rate, $seconds, $kind) = @ARGV;
my $keys = $kind eq 'mix' ? 16384 : 256;
my ($socket, $rest);

sub reconnect {
    $rest = '';
    socket($socket, PF_INET, SOCK_STREAM, 0) or die "no socket: $!";
    setsockopt($socket, IPPROTO_TCP, TCP_NODELAY, 1);
    setsockopt($socket, SOL_SOCKET, SO_RCVTIMEO, pack('l!l!', 5, 0));
    connect($socket, pack_sockaddr_in($port, inet_aton($host))) or die "no connection: $!";
}

sub more {
    sysread($socket, $rest, 65536, length $rest) or die 'no answer: ' . ($! || 'the connection was closed');
}

sub line {
    my $end;
    while (($end = index $rest, "\r\n") < 0) {
        more();
    }
    my $line = substr $rest, 0, $end + 2, '';
    return substr $line, 0, $end;
}

sub ask {
    my $text = '*' . @_ . "\r\n" . join('', map { '$' . length($_) . "\r\n$_\r\n" } @_);
    reconnect() if !$socket;
    my $answer = eval {
        (syswrite($socket, $text) // 0) == length $text or die "not written: $!";
        my $first = line();
        die "refused: $first" if $first =~ /^-/;
        if ($first =~ /^\$(\d+)/) {
            my $length = $1;
            more() while length $rest < $length + 2;
            $first = substr $rest, 0, $length + 2, '';
            substr($first, -2) = '';
        }
        $first;
    };
    return $answer if defined $answer;
    undef $socket if $@ !~ /refused/;
    die $@;
}

sub value { return sprintf('%08d', $_[0]) x 128 }

$SIG{PIPE} = 'IGNORE';
for (1 .. 100) {
    last if eval { ask('PING') };
    usleep(50_000);
}
for (0 .. $keys - 1) {
    last if !eval { ask('SET', "key-$_", value($_)) };
}
pace($rate, $seconds, sub {
    my $key = ($_[0] * 7919) % $keys;
    if ($kind eq 'mix' && $_[0] % 2) {
        ask('GET', "key-$key") eq value($key) or die 'another value than was set';
    } else {
        ask('SET', "key-$key", value($key)) eq '+OK' or die 'not set';
    }
});
