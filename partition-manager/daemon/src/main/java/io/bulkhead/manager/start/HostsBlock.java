package io.bulkhead.manager.start;

import java.util.List;

/**
 * The lines of a partition's own {@code /etc/hosts} that are ours: who it may talk to, by name; hosts(5). They stand
 * between two marks at the end of the file, all others are the partition's. Written inside, with the power of the
 * partition's root, so that nothing that it has made of the file leads us anywhere. Pure; any thread.
 */
public final class HostsBlock {
    /** Where the holder's child finds the block. */
    static final String VARIABLE = "BULKHEAD_HOSTS";

    private static final String BEGIN = "# Bulkhead: the host and the peers; kept by the host, up to the next mark";
    private static final String END = "# Bulkhead: end";

    /**
     * Replaces the block in one step, or leaves the file alone: where it is no file, cannot be written, or says so already.
     * Perl has no need of a module for it.
     */
    static final String SUBROUTINE = """
            sub hosts {
              my ($block) = @_;
              my $file = '/etc/hosts';
              return if -l $file || -e _ && !-f _;
              my $old = '';
              if (open HOSTS, '<', $file) { local $/; $old = <HOSTS> // ''; close HOSTS; }
              my $new = $old;
              $new =~ s/^# Bulkhead: the host.*?^# Bulkhead: end\\n//msg;
              $new .= "\\n" if length $block && length $new && $new !~ /\\n\\z/;
              $new .= $block;
              return if $new eq $old;
              unlink "$file.bulkhead";
              open HOSTS, '>', "$file.bulkhead" or return;
              my $written = print HOSTS $new;
              $written = close(HOSTS) && $written;
              ($written && rename "$file.bulkhead", $file) || unlink "$file.bulkhead";
            }
            """;

    private HostsBlock() {}

    /** The block with these lines; nothing for none, which takes the block away. */
    public static String of(List<String> lines) {
        return lines.isEmpty() ? "" : BEGIN + "\n" + String.join("\n", lines) + "\n" + END + "\n";
    }

    /** What to run inside, as root, to have the block in the file. */
    public static List<String> command(String block) {
        return List.of(Perl.PROGRAM, "-f", "-e", "hosts($ARGV[0]);" + SUBROUTINE, block);
    }
}
