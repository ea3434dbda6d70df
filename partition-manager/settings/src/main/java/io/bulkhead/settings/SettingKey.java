package io.bulkhead.settings;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.UidRange;
import io.bulkhead.contract.unit.BitRate;
import io.bulkhead.contract.unit.ByteRate;
import io.bulkhead.contract.unit.ByteSize;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.contract.unit.OperationRate;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One key of {@code bulkhead.conf}. {@link #ALL} is the single source of what is read, of the defaults, of the
 * commented file in {@code configs/} and of {@code bulkhead config explain}.
 *
 * @param section the section it stands in, without brackets
 * @param key its name there
 * @param defaultText the value where nothing is said, as one would write it
 * @param allowed what may be written, for messages and documents
 * @param documentation what it does, one line or more without line breaks
 * @param parser text to value; throws {@link IllegalArgumentException} with a text for the user
 */
public record SettingKey<T>(
        String section,
        String key,
        String defaultText,
        String allowed,
        String documentation,
        Function<String, T> parser) {
    /** The word for "the manager chooses by the machine's size". */
    public static final String AUTO = "auto";

    /** The word for "nobody says what it can do". */
    static final String UNSTATED = "unstated";

    static final SettingKey<InstanceName> INSTANCE_NAME = new SettingKey<>(
            "instance",
            "name",
            "bulkhead",
            "1 to 24 of a-z, 0-9 and -, starting with a letter, not ending in -",
            "The name that every control group, mount and process of this installation carries. Installations with"
                    + " different names and directories can stand side by side on one host.",
            InstanceName::parse);

    static final SettingKey<Path> STATE_DIRECTORY = new SettingKey<>(
            "instance",
            "state_dir",
            "/var/lib/bulkhead",
            "an absolute path without . and ..",
            "Records, generations of the host's /etc and /var, and the partitions' files. Kept across reboots.",
            SettingKey::directory);

    static final SettingKey<Path> RUN_DIRECTORY = new SettingKey<>(
            "instance",
            "run_dir",
            "/run/bulkhead",
            "an absolute path without . and .., short enough for the sockets in it (107 bytes each; unix(7))",
            "Sockets, pid files and logs. May vanish with a reboot.",
            SettingKey::directory);

    static final SettingKey<Path> DEFINITIONS_DIRECTORY = new SettingKey<>(
            "instance",
            "definitions_dir",
            "/etc/bulkhead/partitions",
            "an absolute path without . and ..",
            "Where the definitions of partitions stand, *.yaml. In the directory 'profiles' beside it stand the"
                    + " profiles that they take from.",
            SettingKey::directory);

    static final SettingKey<Optional<CpuSet>> HOST_CPUS = new SettingKey<>(
            "host",
            "cpus",
            AUTO,
            "a list of CPU numbers like 0-1,8, or auto",
            "The pool: the CPUs of the host itself and of partitions that have a part of a CPU. Partitions with whole"
                    + " CPUs never get these. auto: the lowest core with all its threads.",
            automaticOr(SettingKey::pool));

    static final SettingKey<Optional<CpuMillis>> HOST_CPU_RESERVE = new SettingKey<>(
            "host",
            "cpu_reserve",
            AUTO,
            "a number of CPUs from 0.01 to 512 with at most three decimals, not more than the pool has, or auto",
            "The host's own part of the pool, which no partition can be given. auto: 0.5.",
            automaticOr(SettingKey::cpuReserve));

    static final SettingKey<Optional<ByteSize>> HOST_MEMORY_RESERVE = new SettingKey<>(
            "host",
            "memory_reserve",
            AUTO,
            "a size from 16MiB in whole pages of 4KiB, like 1GiB, or auto",
            "The host's own RAM, which no partition can be given. auto: 1GiB, but at most a quarter of the machine.",
            automaticOr(SettingKey::memoryReserve));

    static final SettingKey<Boolean> HOST_CONFINE = new SettingKey<>(
            "host",
            "confine",
            "false",
            "true or false",
            "On a host with cgroup v1: whether the host's own tasks are moved onto the pool's CPUs, so that whole CPUs"
                    + " are exclusive. On a cgroup v2 host they always are.",
            SettingKey::truth);

    static final SettingKey<Optional<Boolean>> HOST_STEER_INTERRUPTS = new SettingKey<>(
            "host",
            "steer_interrupts",
            AUTO,
            "true, false or auto",
            "Whether interrupts and unbound kernel workers are kept off whole CPUs while a partition holds them; what"
                    + " was there before comes back with the release. auto: where whole CPUs are exclusive, so on a cgroup"
                    + " v2 host, or with confine.",
            automaticOr(SettingKey::truth));

    static final SettingKey<Settings.MemoryCaps> HOST_MEMORY_CAPS = new SettingKey<>(
            "host",
            "memory_caps",
            AUTO,
            "auto, off, or the RAM to leave to the kernel, a size from 16MiB like 256MiB",
            "On a cgroup v2 host: whether each of the host's own groups at the top (system.slice, user.slice and"
                    + " whatever else is there) gets a memory.max, so that it leaves alone what partitions hold, stopped"
                    + " ones too: RAM without all slices and without what is left to the kernel. auto: an eighth of"
                    + " memory_reserve is left to the kernel. Tighter limits stay; what was there before comes back with"
                    + " the last slice.",
            SettingKey::memoryCaps);

    static final SettingKey<Optional<ByteRate>> HOST_DISK_READ = new SettingKey<>(
            "host",
            "disk_read",
            UNSTATED,
            "a rate like 500MiB/s, or unstated",
            "How many bytes per second the disk of the partitions can read. The bounds of all partitions together stay"
                    + " within it, and a partition whose reading is bounded finds its share there. unstated: nothing is"
                    + " held against it.",
            text -> stated(text, ByteRate::parse));

    static final SettingKey<Optional<ByteRate>> HOST_DISK_WRITE = new SettingKey<>(
            "host",
            "disk_write",
            UNSTATED,
            "a rate like 500MiB/s, or unstated",
            "How many bytes per second that disk can write; likewise.",
            text -> stated(text, ByteRate::parse));

    static final SettingKey<Optional<OperationRate>> HOST_DISK_READ_OPERATIONS = new SettingKey<>(
            "host",
            "disk_read_ops",
            UNSTATED,
            "a rate like 20000/s, or unstated",
            "How many reads per second that disk can do; likewise.",
            text -> stated(text, OperationRate::parse));

    static final SettingKey<Optional<OperationRate>> HOST_DISK_WRITE_OPERATIONS = new SettingKey<>(
            "host",
            "disk_write_ops",
            UNSTATED,
            "a rate like 20000/s, or unstated",
            "How many writes per second that disk can do; likewise.",
            text -> stated(text, OperationRate::parse));

    static final SettingKey<Optional<BitRate>> HOST_NETWORK_IN = new SettingKey<>(
            "host",
            "network_in",
            UNSTATED,
            "a rate like 10Gbit/s, or unstated",
            "How many bits per second all partitions on the bridge may receive. The bounds of all partitions together"
                    + " stay within it. unstated: nothing is held against it.",
            text -> stated(text, BitRate::parse));

    static final SettingKey<Optional<BitRate>> HOST_NETWORK_OUT = new SettingKey<>(
            "host",
            "network_out",
            UNSTATED,
            "a rate like 10Gbit/s, or unstated",
            "How many bits per second they may send; likewise.",
            text -> stated(text, BitRate::parse));

    static final SettingKey<Long> UID_BASE = new SettingKey<>(
            "partitions",
            "uid_base",
            "1048576",
            "a multiple of 65536 from 65536 to " + (0xFFFF_0000L - UidRange.SIZE),
            "The first uid on the host that partitions may have. Keep it clear of /etc/subuid and of other containers.",
            SettingKey::uidBase);

    static final SettingKey<Integer> UID_RANGES = new SettingKey<>(
            "partitions",
            "uid_ranges",
            "256",
            "a whole number from 1 to 65534, so that all ranges end below uid 4294901760",
            "How many ranges of 65,536 uids there are above uid_base: the highest number of partitions.",
            text -> (int) wholeNumber(text, 1, 65_534));

    static final SettingKey<ByteSize> CONSOLE_HISTORY = new SettingKey<>(
            "partitions",
            "console_history",
            "1MiB",
            "a size from 4KiB to 64MiB",
            "How much of a console's newest output is kept in the run directory where the definition does not say.",
            SettingKey::consoleHistory);

    static final SettingKey<ByteSize> CONSOLE_LOG = new SettingKey<>(
            "partitions",
            "console_log",
            "64MiB",
            "a size from 1MiB to 64GiB",
            "How much of its console's log each partition keeps on the disk, in the state directory, with the index; the"
                    + " oldest eighth or less goes when that is full.",
            SettingKey::consoleLog);

    static final SettingKey<Ipv4Subnet> NETWORK_SUBNET = new SettingKey<>(
            "network",
            "subnet",
            "10.77.0.0/24",
            "a block of IPv4 addresses from /16 to /29, like 10.77.0.0/24, that the host does not use yet",
            "The addresses of partitions with a network. The host has the first one, each partition the lowest free one, or"
                    + " the one that its definition names. Every instance on a host needs its own.",
            NetworkValues::subnet);

    static final SettingKey<Optional<String>> NETWORK_UPLINK = new SettingKey<>(
            "network",
            "uplink",
            ApiValues.NONE,
            "the name of a network interface, or none",
            "The interface of the host by which partitions may reach others, and others the ports that they publish. Its"
                    + " forwarding must be on (sysctl net.ipv4.conf.IFACE.forwarding=1). Without nat the network behind it needs a"
                    + " route to the subnet. none: nothing of a partition leaves the host, unless nat is on.",
            NetworkValues::device);

    static final SettingKey<Boolean> NETWORK_NAT = new SettingKey<>(
            "network",
            "nat",
            ApiValues.NONE,
            "masquerade or none",
            "Whether what leaves the host gets the host's own address. masquerade without an uplink: by whatever way the host's"
                    + " routes lead.",
            NetworkValues::masquerade);

    static final SettingKey<Boolean> NETWORK_HOST_NAMES = new SettingKey<>(
            "network",
            "host_names",
            "false",
            "true or false",
            "Whether the host finds partitions by their names: a marked block in its /etc/hosts, kept while the instance is up. The"
                    + " same lines are always in the file network.hosts of the run directory. Inside, partitions find the host and"
                    + " their peers in any case.",
            SettingKey::truth);

    static final SettingKey<String> CONTROL_PLANE_USER = new SettingKey<>(
            "control-plane",
            "user",
            "bulkhead",
            "the name of a user (a-z, 0-9, _ and -, at most 32), or a uid",
            "Who the control plane runs as. Besides root, only this user may talk to the manager.",
            SettingKey::user);

    static final SettingKey<Optional<Set<String>>> API_ADMINS = new SettingKey<>(
            "api",
            "admins",
            AUTO,
            "names of groups with commas between, none, or auto",
            "Whose members may do everything by the API's socket, besides root and the control plane's user. auto: the"
                    + " group of the control plane's user. Whoever is in no group of this section cannot use the socket.",
            automaticOr(ApiValues::groups));

    static final SettingKey<Set<String>> API_OPERATORS = new SettingKey<>(
            "api",
            "operators",
            ApiValues.NONE,
            "names of groups with commas between, or none",
            "Whose members may look, and let partitions run: start, stop, restart, pause, resume, type on consoles, run"
                    + " commands.",
            ApiValues::groups);

    static final SettingKey<Set<String>> API_VIEWERS = new SettingKey<>(
            "api",
            "viewers",
            ApiValues.NONE,
            "names of groups with commas between, or none",
            "Whose members may look, at consoles too.",
            ApiValues::groups);

    static final SettingKey<Optional<Settings.Place>> API_LISTEN = new SettingKey<>(
            "api",
            "listen",
            ApiValues.OFF,
            "an address and a port like 127.0.0.1:7480 or [::1]:7480, or off",
            "Where the API is served on TCP as well, to whoever shows a token; bulkhead token create makes one. An"
                    + " address that others can reach needs tls_certificate and tls_key.",
            ApiValues::place);

    static final SettingKey<Optional<Path>> API_TLS_CERTIFICATE = new SettingKey<>(
            "api",
            "tls_certificate",
            ApiValues.NONE,
            "an absolute path, or none",
            "The server's certificate in PEM, with those that vouch for it behind. The control plane's user must be"
                    + " able to read it.",
            ApiValues::file);

    static final SettingKey<Optional<Path>> API_TLS_KEY = new SettingKey<>(
            "api",
            "tls_key",
            ApiValues.NONE,
            "an absolute path, or none",
            "The private key of tls_certificate in PEM, PKCS #8.",
            ApiValues::file);

    static final SettingKey<Set<String>> API_ALLOWED_ORIGINS = new SettingKey<>(
            "api",
            "allowed_origins",
            ApiValues.NONE,
            "origins like https://desk.example.org with commas between, or none",
            "Pages from where else than this server may open consoles by WebSocket: needed where a proxy in front serves"
                    + " the page by another name.",
            ApiValues::origins);

    static final SettingKey<Settings.ConsoleRole> CONSOLES_READ = new SettingKey<>(
            "consoles",
            "read",
            "viewer",
            "viewer, operator or admin",
            "The role that viewing any console, and reading its log, takes.",
            ConsoleValues::role);

    static final SettingKey<Settings.ConsoleRole> CONSOLES_WRITE = new SettingKey<>(
            "consoles",
            "write",
            "operator",
            "viewer, operator or admin",
            "The role that typing on any console, and sending a break, takes.",
            ConsoleValues::role);

    static final SettingKey<Settings.ConsoleRole> CONSOLES_TAKE_OVER = new SettingKey<>(
            "consoles",
            "take_over",
            "operator",
            "viewer, operator or admin",
            "The role that taking the typing from somebody else takes.",
            ConsoleValues::role);

    static final SettingKey<List<Settings.ConsoleGrant>> CONSOLES_GRANTS = new SettingKey<>(
            "consoles",
            "grants",
            ApiValues.NONE,
            "WHO:RIGHT@PARTITION with commas between, or none; RIGHT is read, write or take-over",
            "Rights on single consoles, beside those by role: like alice:write@db or token 3:read@web*. WHO is a local user who"
                    + " may use the API at all, or a token; each right holds those before it.",
            ConsoleValues::grants);

    static final SettingKey<Boolean> CONSOLES_BREAK = new SettingKey<>(
            "consoles",
            "break",
            "report",
            "report or off",
            "What a break does. report: shows the partition's tasks, memory and pressure to all who view the console, and in"
                    + " its log.",
            ConsoleValues::breakReports);

    static final SettingKey<Optional<Duration>> CONSOLES_WRITER_IDLE = new SettingKey<>(
            "consoles",
            "writer_idle",
            ApiValues.OFF,
            "a time like 15min, or off",
            "After how long without a key whoever types on a console gives the typing up; viewing goes on.",
            ConsoleValues::time);

    static final SettingKey<Map<Settings.ConsoleRole, Duration>> CONSOLES_MOST_IDLE = new SettingKey<>(
            "consoles",
            "most_idle",
            ApiValues.OFF,
            "a time like 15min, off, or one for each role like viewer:off,operator:15min",
            "How long anybody may stay attached to a console without typing or asking for anything; who does is told why, and"
                    + " detached. By role, one that is not named stays however long; who has rights and no role counts as a"
                    + " viewer. An SSH key may have its own time.",
            ConsoleValues::times);

    static final SettingKey<Map<Settings.ConsoleRole, Duration>> CONSOLES_MOST_ATTACHED = new SettingKey<>(
            "consoles",
            "most_attached",
            ApiValues.OFF,
            "a time like 8h, off, or one for each role like viewer:1h,operator:8h",
            "How long anybody may stay attached to a console at all; likewise.",
            ConsoleValues::times);

    static final SettingKey<Optional<Settings.Place>> SSH_LISTEN = new SettingKey<>(
            "ssh",
            "listen",
            ApiValues.OFF,
            "an address and a port like 127.0.0.1:2222 or [::1]:2222, or off",
            "Where consoles are served by SSH, to whoever has a key that bulkhead ssh-key add made known: ssh -p 2222 NAME@HOST"
                    + " attaches to the console of NAME, ssh -p 2222 HOST list asks what there is.",
            ApiValues::place);

    static final SettingKey<Optional<Integer>> SSH_ESCAPE_KEY = new SettingKey<>(
            "ssh",
            "escape_key",
            ApiValues.NONE,
            "ctrl-], ctrl-^ or ctrl-_, or none",
            "A second key, beside a tilde at the start of a line, that begins the console's own commands by SSH; anywhere in a"
                    + " line. Typed twice, it is typed once.",
            ConsoleValues::escapeKey);

    /** Every key there is, in the order of the file. */
    public static final List<SettingKey<?>> ALL = List.of(
            INSTANCE_NAME,
            STATE_DIRECTORY,
            RUN_DIRECTORY,
            DEFINITIONS_DIRECTORY,
            HOST_CPUS,
            HOST_CPU_RESERVE,
            HOST_MEMORY_RESERVE,
            HOST_CONFINE,
            HOST_STEER_INTERRUPTS,
            HOST_MEMORY_CAPS,
            HOST_DISK_READ,
            HOST_DISK_WRITE,
            HOST_DISK_READ_OPERATIONS,
            HOST_DISK_WRITE_OPERATIONS,
            HOST_NETWORK_IN,
            HOST_NETWORK_OUT,
            UID_BASE,
            UID_RANGES,
            CONSOLE_HISTORY,
            CONSOLE_LOG,
            NETWORK_SUBNET,
            NETWORK_UPLINK,
            NETWORK_NAT,
            NETWORK_HOST_NAMES,
            CONTROL_PLANE_USER,
            API_ADMINS,
            API_OPERATORS,
            API_VIEWERS,
            API_LISTEN,
            API_TLS_CERTIFICATE,
            API_TLS_KEY,
            API_ALLOWED_ORIGINS,
            CONSOLES_READ,
            CONSOLES_WRITE,
            CONSOLES_TAKE_OVER,
            CONSOLES_GRANTS,
            CONSOLES_BREAK,
            CONSOLES_WRITER_IDLE,
            CONSOLES_MOST_IDLE,
            CONSOLES_MOST_ATTACHED,
            SSH_LISTEN,
            SSH_ESCAPE_KEY);

    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}|0|[1-9][0-9]{0,9}");
    private static final ByteSize LEAST_RESERVE = ByteSize.ofMebibytes(16);
    private static final ByteSize LEAST_HISTORY = new ByteSize(4096);
    private static final ByteSize MOST_HISTORY = ByteSize.ofMebibytes(64);
    private static final ByteSize LEAST_LOG = ByteSize.ofMebibytes(1);
    private static final ByteSize MOST_LOG = ByteSize.ofMebibytes(64 << 10);

    /** The key as it is named outside its section: {@code host.cpus}. */
    public String path() {
        return section + "." + key;
    }

    /** The variable that sets it: {@code BULKHEAD_HOST_CPUS}. */
    public String variable() {
        return "BULKHEAD_" + path().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The key of that path, if there is one. */
    public static Optional<SettingKey<?>> of(String path) {
        return ALL.stream().filter(key -> key.path().equals(path)).findFirst();
    }

    private static <V> Function<String, Optional<V>> automaticOr(Function<String, V> parser) {
        return text -> text.equals(AUTO) ? Optional.empty() : Optional.of(parser.apply(text));
    }

    private static <V> Optional<V> stated(String text, Function<String, V> parser) {
        return text.equals(UNSTATED) ? Optional.empty() : Optional.of(parser.apply(text));
    }

    private static Path directory(String text) {
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path", e);
        }
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'" + text + "' is relative; write the whole path from /");
        }
        if (!path.equals(path.normalize()) || path.getNameCount() == 0) {
            throw new IllegalArgumentException("'" + text + "' must name a directory below / without . and ..");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a path cannot hold control characters");
        }
        return path;
    }

    private static CpuSet pool(String text) {
        CpuSet cpus = CpuSet.parse(text);
        if (cpus.isEmpty()) {
            throw new IllegalArgumentException("the host needs at least one CPU; write it like 0-1,8");
        }
        return cpus;
    }

    private static CpuMillis cpuReserve(String text) {
        CpuMillis amount = CpuMillis.parse(text);
        if (amount.millis() < 10 || amount.millis() > 512_000) {
            throw new IllegalArgumentException("'" + text + "' is outside 0.01 to 512");
        }
        return amount;
    }

    private static ByteSize memoryReserve(String text) {
        ByteSize size = ByteSize.parse(text);
        if (size.compareTo(LEAST_RESERVE) < 0) {
            throw new IllegalArgumentException("'" + text + "' is less than " + LEAST_RESERVE);
        }
        if (size.bytes() % 4096 != 0) {
            throw new IllegalArgumentException("'" + text + "' is not whole pages of 4KiB");
        }
        return size;
    }

    private static Settings.MemoryCaps memoryCaps(String text) {
        return switch (text) {
            case AUTO -> Settings.MemoryCaps.AUTO;
            case "off" -> Settings.MemoryCaps.OFF;
            default -> new Settings.MemoryCaps(true, Optional.of(memoryReserve(text)));
        };
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private static long wholeNumber(String text, long least, long most) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number");
        }
        long number = Long.parseLong(text);
        if (number < least || number > most) {
            throw new IllegalArgumentException("'" + text + "' is outside " + least + " to " + most);
        }
        return number;
    }

    private static long uidBase(String text) {
        long base = wholeNumber(text, UidRange.SIZE, 0xFFFF_0000L - UidRange.SIZE);
        if (base % UidRange.SIZE != 0) {
            long below = Math.max(1, base / UidRange.SIZE) * UidRange.SIZE;
            throw new IllegalArgumentException("'" + text + "' is not a multiple of 65536; the nearest are " + below
                    + " and " + (below + UidRange.SIZE));
        }
        return base;
    }

    private static ByteSize consoleHistory(String text) {
        return size(text, LEAST_HISTORY, MOST_HISTORY);
    }

    private static ByteSize consoleLog(String text) {
        return size(text, LEAST_LOG, MOST_LOG);
    }

    private static ByteSize size(String text, ByteSize least, ByteSize most) {
        ByteSize size = ByteSize.parse(text);
        if (size.compareTo(least) < 0 || size.compareTo(most) > 0) {
            throw new IllegalArgumentException("'" + text + "' is outside " + least + " to " + most);
        }
        return size;
    }

    private static String user(String text) {
        if (!USER.matcher(text).matches()
                || (Character.isDigit(text.charAt(0)) && Long.parseLong(text) > 0xFFFF_FFFEL)) {
            throw new IllegalArgumentException("'" + text + "' is neither the name of a user nor a uid");
        }
        return text;
    }
}
