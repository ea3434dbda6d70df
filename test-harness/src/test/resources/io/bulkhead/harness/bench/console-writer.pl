# Writes lines of 80 bytes to the console, 4 KiB a call, for some seconds, at a rate or as fast as they are taken; prints
# how long each call took, as a victim does, and before that how many bytes the terminal made of them all.
#
# What a call spent waiting for a processor (proc(5), schedstat) is taken off: it is about waiting for whoever reads.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC usleep);

my ($rate, $seconds) = @ARGV;
my $piece = (('x' x 79) . "\n") x 51;
my ($lines, $bytes) = (51, length $piece);
open my $console, '>', '/dev/console' or die "no console: $!\n";
open my $stat, '<', '/proc/thread-self/schedstat' or die "no schedstat: $!\n";

sub queued {
    sysseek $stat, 0, 0;
    sysread $stat, my $line, 100;
    return (split ' ', $line)[1];
}

my @took;
my $made = 0;
my $begun = clock_gettime(CLOCK_MONOTONIC);
for (my $call = 0; ; $call++) {
    if ($rate) {
        my $spare = $begun + $call * $bytes / $rate - clock_gettime(CLOCK_MONOTONIC);
        usleep(int($spare * 1e6)) if $spare > 0;
    }
    my $queued = queued();
    my $from = clock_gettime(CLOCK_MONOTONIC);
    last if $from - $begun > $seconds;
    for (my $done = 0; $done < $bytes; ) {
        $done += syswrite($console, $piece, $bytes - $done, $done) // die "not written: $!\n";
    }
    my $nanos = int((clock_gettime(CLOCK_MONOTONIC) - $from) * 1e9);
    my $idle = $nanos - (queued() - $queued);
    push @took, $idle > 0 ? $idle : 0;
    # Each newline goes out as two bytes
    $made += $bytes + $lines;
}
print "errors 0 $made\n", map { "took $_\n" } @took;
