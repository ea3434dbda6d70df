# DIRECTORY: fills the file system with that directory, and keeps it full. Tells how often there was no space.
use strict;
use warnings;
$| = 1;
my $directory = shift;
my $piece = 'x' x (1 << 20);
my ($full, $told) = (0, time);
mkdir $directory;
open(my $file, '>', "$directory/full") or die "no file: $!";
while (1) {
    for my $size (1 << 20, 4096) {
        1 while defined syswrite($file, $piece, $size);
    }
    $full++;
    if (open(my $small, '>', "$directory/small-" . $full % 8)) {
        syswrite($small, $piece, 4096);
        close $small;
    }
    select undef, undef, undef, 0.002;
    if (time > $told) {
        print "+$full\n";
        ($full, $told) = (0, time);
    }
}
