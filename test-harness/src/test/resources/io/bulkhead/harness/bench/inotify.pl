# Takes inotify instances, and asks for more when there are none left. Tells how often the kernel said no.
use strict;
use warnings;
require 'sys/syscall.ph';
$| = 1;
my ($refused, $told) = (0, time);
my ($watched, $IN_ALL_EVENTS) = ('/tmp', 0xfff);
# One process may not have descriptors enough.
fork && fork && fork;
while (1) {
    my $instance = syscall(SYS_inotify_init1(), 0);
    if ($instance < 0) {
        $refused++;
        select undef, undef, undef, 0.001;
    } else {
        syscall(SYS_inotify_add_watch(), $instance, $watched, $IN_ALL_EVENTS);
    }
    if ($refused && time > $told) {
        print "+$refused\n";
        ($refused, $told) = (0, time);
    }
}
