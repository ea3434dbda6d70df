# Stands before a victim's own lines. Calls an operation at a fixed rate and prints how long each call took, in
# nanoseconds, one a line after "took"; an operation that dies is an error, and the first one's words are printed. What an
# operation returns is called afterwards, and not timed, if it is code.
#
# A call that began late because the one before it had not ended counts from when it was due, so that a stall of a second
# is not one slow call but all those that had to wait for it. The last stretch before a call is spent on the clock, since
# a sleep may end late.
use strict;
use warnings;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC usleep);

sub pace {
    my ($rate, $seconds, $operation) = @_;
    my ($errors, $why, @took) = (0, '');
    my $begun = clock_gettime(CLOCK_MONOTONIC) + 0.01;
    for my $call (0 .. int($rate * $seconds) - 1) {
        my $due = $begun + $call / $rate;
        my $spare = $due - clock_gettime(CLOCK_MONOTONIC) - 0.0002;
        usleep(int($spare * 1e6)) if $spare > 0;
        1 while clock_gettime(CLOCK_MONOTONIC) < $due;
        my $after;
        if (!eval { $after = $operation->($call); 1 }) {
            $why = $@ if !$errors++;
        }
        push @took, int((clock_gettime(CLOCK_MONOTONIC) - $due) * 1e9);
        $after->() if ref $after eq 'CODE';
    }
    $why =~ s/\s+/ /g;
    print "errors $errors $why\n", map { "took $_\n" } @took;
}
