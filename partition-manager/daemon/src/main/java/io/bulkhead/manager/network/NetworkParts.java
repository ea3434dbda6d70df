package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.manager.start.ProcessTable;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.Syscalls;
import io.bulkhead.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the network is made of and with.
 *
 * @param tools iproute2 and nftables
 * @param names of the instance's objects
 * @param interfaces what the kernel's files say
 * @param netlink what it says otherwise
 * @param sys its calls
 * @param processes the host's
 * @param namespaces makes those of partitions
 * @param egress by what partitions leave the host
 * @param hostNames how the host finds them
 * @param state a directory for what is on record
 * @param bootId of the running kernel
 */
record NetworkParts(
        NetworkTools tools,
        NetworkNames names,
        Interfaces interfaces,
        Netlink netlink,
        Syscalls sys,
        ProcessTable processes,
        NetworkNamespaces namespaces,
        RuleSet.Egress egress,
        HostNames hostNames,
        Path state,
        String bootId) {

    private static final Path ROOT = Path.of("/");

    static NetworkParts of(
            InstanceName instance,
            Settings.Network settings,
            Path state,
            Path runDirectory,
            NetworkTools tools,
            Syscalls sys,
            Function<UidRange, Fd> userNamespaces,
            String bootId) {
        ProcessTable processes = new ProcessTable(Path.of("/proc"));
        return new NetworkParts(
                tools,
                new NetworkNames(instance, settings.subnet()),
                new Interfaces(ROOT),
                new Netlink(sys),
                sys,
                processes,
                new NetworkNamespaces(sys, processes, userNamespaces),
                new RuleSet.Egress(settings.uplink(), settings.masquerade()),
                new HostNames(
                        instance,
                        runDirectory.resolve("network.hosts"),
                        settings.hostNames() ? Optional.of(Path.of("/etc/hosts")) : Optional.empty()),
                state.resolve("network"),
                bootId);
    }
}
