# ADDRESS...: two processes that send datagrams to these addresses and to the default gateway as fast as they can. Tells how
# many went out.
use strict;
use warnings;
use Socket qw(inet_aton pack_sockaddr_in PF_INET SOCK_DGRAM);
$| = 1;
my @targets = map { inet_aton($_) } @ARGV;
if (open(my $routes, '<', '/proc/net/route')) {
    while (<$routes>) {
        my (undef, $to, $gateway) = split;
        push @targets, pack('L', hex $gateway) if $to eq '00000000' && $gateway ne '00000000';
    }
}
die 'nobody to send to' if !@targets;
fork;
my ($sent, $told, $piece) = (0, time, 'x' x 1400);
socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die "no socket: $!";
while (1) {
    for my $target (@targets) {
        for my $port (6379, 9) {
            $sent++ if send($socket, $piece, 0, pack_sockaddr_in($port, $target));
        }
    }
    if (time > $told) {
        print "+$sent\n";
        ($sent, $told) = (0, time);
    }
}
