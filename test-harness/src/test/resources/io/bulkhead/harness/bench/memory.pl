# Has children that take memory, and touch it, until the kernel kills them. Tells of each death.
use strict;
use warnings;
$| = 1;
while (1) {
    my $child = fork;
    if (defined $child && !$child) {
        if (open(my $score, '>', '/proc/self/oom_score_adj')) {
            print $score '1000';
            close $score;
        }
        my @taken;
        push @taken, chr(65 + @taken % 26) x (4 << 20) while 1;
    }
    waitpid $child, 0;
    print "+1\n" if ($? & 127) == 9;
}
