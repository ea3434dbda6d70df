package io.bulkhead.manager.init;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import java.util.List;
import java.util.Map;

/**
 * Process 1 of a partition, ready to be laid down and started. The program is always {@code /bin/sh} with the script
 * {@value #SCRIPT}, which greets on the console and, for systemd, executes it.
 *
 * @param arguments argv of process 1, the program first
 * @param environment of process 1, all of it
 * @param directories to be made below /run, parents first
 * @param files by path below /run
 * @param links by path below /run, with what they point to
 * @param programs that must exist on the host, absolute
 * @param stopSignal asks it for an orderly stop; signal(7)
 */
public record InitProgram(
        List<String> arguments,
        Map<String, String> environment,
        List<String> directories,
        Map<String, String> files,
        Map<String, String> links,
        List<String> programs,
        int stopSignal) {
    /** Where the script lies inside. */
    public static final String SCRIPT = "/run/bulkhead/init";

    /** SIGTERM: the small init ends the service, then everything else, then itself. */
    public static final int SIGTERM = 15;

    /** SIGRTMIN+4: poweroff.target, systemd(1). */
    public static final int SIGRTMIN_PLUS_4 = 38;

    /** What any process inside finds as its environment; also for commands that enter a running partition. */
    public static final Map<String, String> ENVIRONMENT = Map.of(
            "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME", "/root",
            "TERM", "xterm-256color",
            "container", "bulkhead");

    static final List<String> ARGUMENTS = List.of("/bin/sh", SCRIPT);
    static final String DIRECTORY = "/run/bulkhead";

    public InitProgram {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        directories = List.copyOf(directories);
        files = Map.copyOf(files);
        links = Map.copyOf(links);
        programs = List.copyOf(programs);
    }

    /**
     * The program for a definition.
     *
     * @param hostname of the partition
     * @param automaticLogin whether root is logged in on the console without a password
     */
    public static InitProgram of(Init init, PartitionName hostname, boolean automaticLogin) {
        if (init instanceof Init.Systemd systemd) {
            return SystemdInit.program(systemd, hostname, automaticLogin);
        }
        if (init instanceof Init.Service service) {
            return SmallInit.withService(service, hostname, automaticLogin);
        }
        return SmallInit.shell(hostname, automaticLogin);
    }
}
