package io.bulkhead.manager.network;

import static io.bulkhead.manager.start.Perl.SYS_SETGID;
import static io.bulkhead.manager.start.Perl.SYS_SETGROUPS;
import static io.bulkhead.manager.start.Perl.SYS_SETNS;
import static io.bulkhead.manager.start.Perl.SYS_SETUID;
import static io.bulkhead.manager.start.Perl.SYS_UNSHARE;

import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.start.Child;
import io.bulkhead.manager.start.Perl;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import io.bulkhead.manager.sys.Pipe;
import io.bulkhead.manager.sys.SpawnRequest;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.manager.undo.Undo;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Makes network namespaces that belong to a partition's user namespace, before there is a process of the partition: a donor
 * joins the one, unshares the other, and waits until it was furnished; then a descriptor keeps it. Safe for any thread.
 */
final class NetworkNamespaces {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final Path NULL = Path.of("/dev/null");

    /** It ends with its input, so with us, whatever happens. */
    private static final String DONOR = """
            my ($setns, $setgroups, $setgid, $setuid, $unshare) = map $_ + 0, @ARGV;
            syscall($setns, 3, 0x10000000) == 0 or exit 91;
            syscall($setgroups, 0, 0) == 0 && syscall($setgid, 0) == 0 && syscall($setuid, 0) == 0 or exit 92;
            syscall($unshare, 0x40000000) == 0 or exit 93;
            syswrite STDOUT, "\\n" or exit 94;
            sysread STDIN, my $end, 1;
            """;

    private final Syscalls sys;
    private final ProcessTable processes;
    private final Function<UidRange, Fd> userNamespaces;

    /** @param userNamespaces those of the uid ranges, not closed here */
    NetworkNamespaces(Syscalls sys, ProcessTable processes, Function<UidRange, Fd> userNamespaces) {
        this.sys = sys;
        this.processes = processes;
        this.userNamespaces = userNamespaces;
    }

    /**
     * Makes one.
     *
     * @param owner whose user namespace owns it
     * @param furnish called with a process that is in it, for the time of the call
     * @return the descriptor that keeps it; the caller's
     */
    Fd make(UidRange owner, LongConsumer furnish) {
        try (Undo undo = new Undo()) {
            Pipe wait = sys.pipe();
            undo.push("close the donor's pipe", wait::close);
            Pipe ready = sys.pipe();
            undo.push("close the donor's answer", ready::close);
            Child donor = start(owner, wait, ready);
            undo.push("reap the donor", () -> end(donor, wait));
            ready.writeEnd().close();
            if (sys.read(ready.readEnd(), new byte[1], 0, 1) != 1) {
                throw new NetworkException(
                        "the donor of a network namespace ended early; is user.max_net_namespaces 0?");
            }
            Fd namespace = sys.open(processes.namespace(donor.pid(), "net"), EnumSet.noneOf(OpenFlag.class));
            try {
                furnish.accept(donor.pid());
            } catch (RuntimeException e) {
                namespace.close();
                throw e;
            }
            return namespace;
        }
    }

    private Child start(UidRange owner, Pipe wait, Pipe ready) {
        List<String> command =
                Perl.command(DONOR, List.of(SYS_SETNS, SYS_SETGROUPS, SYS_SETGID, SYS_SETUID, SYS_UNSHARE), List.of());
        try (Fd nothing = sys.open(NULL, EnumSet.of(OpenFlag.READ_WRITE))) {
            return Child.start(
                    sys,
                    new SpawnRequest(
                            Perl.PROGRAM,
                            command,
                            Perl.environment(Map.of()),
                            Map.of(
                                    0,
                                    wait.readEnd(),
                                    1,
                                    ready.writeEnd(),
                                    2,
                                    nothing,
                                    3,
                                    userNamespaces.apply(owner))));
        }
    }

    private void end(Child donor, Pipe wait) {
        wait.close();
        try (donor) {
            if (donor.awaitEnd(sys, PATIENCE_MILLIS).isEmpty()) {
                donor.kill(sys);
            }
        }
    }
}
