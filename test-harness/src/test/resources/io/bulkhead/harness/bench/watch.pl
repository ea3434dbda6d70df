# RATE SECONDS: each time makes an inotify instance, watches a directory with it, and hears of a file made there.
require 'sys/syscall.ph';
my ($rate, $seconds) = @ARGV;
my $directory = "/tmp/watched-$$";
my $IN_CREATE = 0x100;
$SIG{CHLD} = 'IGNORE';
mkdir $directory or die "no directory: $!";
pace($rate, $seconds, sub {
    my $instance = syscall(SYS_inotify_init1(), 0);
    die "no inotify instance: $!" if $instance < 0;
    open(my $events, '<&=', $instance) or die "no handle: $!";
    syscall(SYS_inotify_add_watch(), $instance, $directory, $IN_CREATE) >= 0 or die "no watch: $!";
    open(my $file, '>', "$directory/$_[0]") or die "no file: $!";
    close $file;
    sysread($events, my $event, 4096) or die "no event: $!";
    # The kernel lets nobody go on who closes an instance until its worker has seen that nobody still uses it: a tick and more, and
    # then the next call would be late whatever the neighbour does. So a child has the last descriptor of it.
    my $made = "$directory/$_[0]";
    return sub { unlink $made; close_elsewhere($events) };
});
rmdir $directory;

sub close_elsewhere {
    my $child = fork // die "no child: $!";
    if ($child == 0) {
        # Longer than its parent takes to close its own, or the parent's would be the last.
        select undef, undef, undef, 0.05;
        exit;
    }
    close $_[0];
}
