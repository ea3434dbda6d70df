# Forks without end; so does every child. Tells how often the kernel said no to the first process.
$| = 1;
my ($refused, $told) = (0, 0);
while (1) {
    my $child = fork;
    if (!defined $child) {
        $refused++;
    } elsif (!$child) {
        fork while 1;
    }
    if ($refused && time > $told) {
        print "+$refused\n";
        ($refused, $told) = (0, time);
    }
}
