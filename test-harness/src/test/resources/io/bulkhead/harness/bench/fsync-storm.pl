# DIRECTORY: four processes that append, make and remove files, and have the kernel write all of it down each time. Tells
# how often.
use strict;
use warnings;
use IO::Handle;
$| = 1;
my $directory = shift;
mkdir $directory;
my $number = 0;
for (1 .. 3) {
    my $child = fork;
    last if !defined $child;
    if (!$child) {
        $number = $_;
        last;
    }
}
my ($synced, $told, $call) = (0, time, 0);
my $log;
while (1) {
    if ($call++ % 64 == 0) {
        unlink "$directory/$number";
        open($log, '>', "$directory/$number") or die "no file: $!";
    }
    syswrite($log, 'x' x 16384) or die "not written: $!";
    $log->sync or die "not synced: $!";
    $synced++;
    if (time > $told) {
        print "+$synced\n";
        ($synced, $told) = (0, time);
    }
}
