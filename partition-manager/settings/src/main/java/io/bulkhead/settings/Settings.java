package io.bulkhead.settings;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code bulkhead.conf} says, with every default filled in.
 *
 * @param instance the name that every kernel object of this installation carries
 * @param stateDirectory records, generations and partitions' files
 * @param runDirectory sockets, pid files and logs
 * @param definitionsDirectory where partition definitions (*.yaml) stand
 * @param host what the host keeps for itself
 * @param uidBase the first uid that partitions may have on the host, a multiple of 65536
 * @param uidRanges how many ranges of 65,536 there are, so how many partitions
 * @param consoleHistory bytes of console output kept per partition
 * @param consoleLogQuota the most that the log of one console may have on the disk
 * @param network of the partitions
 * @param controlPlaneUser user name or number that the control plane runs as
 * @param api who may use the API, and where
 * @param consoles how they are served
 * @param ssh where, by SSH
 */
public record Settings(
        InstanceName instance,
        Path stateDirectory,
        Path runDirectory,
        Path definitionsDirectory,
        Host host,
        long uidBase,
        int uidRanges,
        ByteSize consoleHistory,
        ByteSize consoleLogQuota,
        Network network,
        String controlPlaneUser,
        Api api,
        Consoles consoles,
        Ssh ssh) {
    /**
     * Consoles by SSH.
     *
     * @param listen on TCP, if at all
     * @param escapeKey the code of a key beside the tilde that begins commands of the console's own
     */
    public record Ssh(Optional<Place> listen, Optional<Integer> escapeKey) {}

    /** A role that a right on consoles takes. */
    public enum ConsoleRole {
        VIEWER,
        OPERATOR,
        ADMIN;

        /** As it is written. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A right on one console, or on several, that somebody has by name.
     *
     * @param who a local user's name, or {@code token ID}
     * @param right {@code read}, {@code write} or {@code take-over}
     * @param partitions a name, or its beginning and {@code *}
     */
    public record ConsoleGrant(String who, String right, String partitions) {}

    /**
     * How consoles are served.
     *
     * @param read the role for viewing
     * @param write the role for typing
     * @param takeOver the role for taking the typing from somebody else
     * @param grants beside those roles
     * @param breakReports whether a break shows a report; otherwise it is refused
     * @param writerIdle after how long without a key the typing is given up
     * @param mostIdle how long who has a role may stay without typing; roles that are not there, however long
     * @param mostAttached how long who has a role may stay at all; likewise
     */
    public record Consoles(
            ConsoleRole read,
            ConsoleRole write,
            ConsoleRole takeOver,
            List<ConsoleGrant> grants,
            boolean breakReports,
            Optional<Duration> writerIdle,
            Map<ConsoleRole, Duration> mostIdle,
            Map<ConsoleRole, Duration> mostAttached) {
        public Consoles {
            grants = List.copyOf(grants);
            mostIdle = Map.copyOf(mostIdle);
            mostAttached = Map.copyOf(mostAttached);
        }
    }

    /**
     * What the host keeps for itself; where empty, the manager chooses by the machine's size.
     *
     * @param pool CPUs that the host shares with parts-of-a-CPU partitions; default: the lowest core
     * @param cpu the host's own part of the pool; default: 0.5
     * @param memory the host's own RAM; default: 1 GiB, but at most a quarter of the machine
     * @param confine whether tasks of the host are moved onto the pool's CPUs (cgroup v1)
     * @param steerInterrupts whether interrupts are kept off whole CPUs; default: where those are exclusive
     * @param memoryCaps on the host's own groups
     * @param disk what the disk of the partitions can do, where the administrator states it
     * @param network what partitions may receive and send together, where the administrator states it
     */
    public record Host(
            Optional<CpuSet> pool,
            Optional<CpuMillis> cpu,
            Optional<ByteSize> memory,
            boolean confine,
            Optional<Boolean> steerInterrupts,
            MemoryCaps memoryCaps,
            IoCapacity disk,
            NetworkCapacity network) {
        /** One that states nothing of its disk and network. */
        public Host(
                Optional<CpuSet> pool,
                Optional<CpuMillis> cpu,
                Optional<ByteSize> memory,
                boolean confine,
                Optional<Boolean> steerInterrupts,
                MemoryCaps memoryCaps) {
            this(
                    pool,
                    cpu,
                    memory,
                    confine,
                    steerInterrupts,
                    memoryCaps,
                    IoCapacity.UNSTATED,
                    NetworkCapacity.UNSTATED);
        }

        /** With everything left open. */
        public static final Host OPEN = new Host(
                Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty(), MemoryCaps.AUTO);
    }

    /**
     * Caps on the host's own groups, so that they leave alone what partitions hold.
     *
     * @param wanted whether there are any
     * @param kernelShare the RAM left to the kernel and to what stands in no group; default: an eighth of the reserve
     */
    public record MemoryCaps(boolean wanted, Optional<ByteSize> kernelShare) {
        public static final MemoryCaps AUTO = new MemoryCaps(true, Optional.empty());
        public static final MemoryCaps OFF = new MemoryCaps(false, Optional.empty());
    }

    /**
     * The network of the partitions.
     *
     * @param subnet their addresses; the host has the first
     * @param uplink the one interface by which they reach others, and are reached
     * @param masquerade whether they do so with the host's address
     * @param hostNames whether the host's /etc/hosts names them
     */
    public record Network(Ipv4Subnet subnet, Optional<String> uplink, boolean masquerade, boolean hostNames) {
        /** Whether anything of a partition's own accord leaves the host. */
        public boolean leavesHost() {
            return masquerade || uplink.isPresent();
        }
    }

    /**
     * Who may use the API, and where.
     *
     * @param admins groups; default: that of the control plane's user
     * @param operators groups
     * @param viewers groups
     * @param listen on TCP, if at all
     * @param tlsCertificate in PEM
     * @param tlsKey in PEM
     * @param allowedOrigins of pages from elsewhere that may open consoles, as browsers write them
     */
    public record Api(
            Optional<Set<String>> admins,
            Set<String> operators,
            Set<String> viewers,
            Optional<Place> listen,
            Optional<Path> tlsCertificate,
            Optional<Path> tlsKey,
            Set<String> allowedOrigins) {}

    /**
     * A place on TCP.
     *
     * @param host an address without brackets, or {@code localhost}
     * @param port 1 to 65535
     */
    public record Place(String host, int port) {
        /** Whether only this host can reach it. */
        public boolean isLoopback() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
        }
    }

    /** Where the profiles stand that every file of definitions may take from: {@code profiles} beside the definitions. */
    public Path profilesDirectory() {
        return definitionsDirectory.resolveSibling("profiles");
    }

    /** Where the manager listens. */
    public Path managerSocket() {
        return managerSocket(runDirectory);
    }

    /** Where the control plane listens. */
    public Path apiSocket() {
        return apiSocket(runDirectory);
    }

    /** Where the control plane keeps what is its own; nobody else may look into it. */
    public Path controlPlaneDirectory() {
        return stateDirectory.resolve("control");
    }

    /** Where the control plane keeps the ledger. */
    public Path ledgerDirectory() {
        return controlPlaneDirectory().resolve("ledger");
    }

    /** Where the control plane keeps consoles' logs, a directory for each. */
    public Path consoleLogDirectory() {
        return controlPlaneDirectory().resolve("consoles");
    }

    static Path managerSocket(Path runDirectory) {
        return runDirectory.resolve("manager.sock");
    }

    static Path apiSocket(Path runDirectory) {
        return runDirectory.resolve("control").resolve("api.sock");
    }
}
