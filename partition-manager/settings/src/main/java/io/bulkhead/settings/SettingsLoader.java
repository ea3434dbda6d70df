package io.bulkhead.settings;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.NearestWord;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.IoCapacity;
import io.bulkhead.contract.partition.NetworkCapacity;
import io.bulkhead.contract.unit.CpuMillis;
import io.bulkhead.settings.Explanation.Source;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the settings: overrides, then the environment, then the file, then the defaults; the first that names a key
 * decides. Everything that is wrong is reported at once. For one thread each; what it returns is immutable.
 */
public final class SettingsLoader {
    /** A file larger than this is not a settings file. */
    private static final long MOST_BYTES = 1 << 20;

    /** sun_path of unix(7) has 108 bytes, of which one ends it. */
    private static final int SOCKET_PATH_BYTES = 107;

    /** Uids from here on are not given out: the last range holds (uid_t) -1. */
    private static final long END_OF_UIDS = 0xFFFF_0000L;

    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, Explanation> found = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    private SettingsLoader() {}

    /**
     * The settings in a file.
     *
     * @param overrides values by path ({@code host.cpus}) that win over the file
     * @throws SettingsException with every fault
     */
    public static Settings load(Path file, Map<String, String> overrides) {
        return read(Optional.of(file), Map.of(), overrides).settings();
    }

    /** The settings where there is no file; see {@link #load}. */
    public static Settings defaults(Map<String, String> overrides) {
        return read(Optional.empty(), Map.of(), overrides).settings();
    }

    /**
     * The settings from all layers, with where each came from.
     *
     * @param file the settings file, if there is one
     * @param environment variables; those of {@link SettingKey#variable} count, the others are passed over
     * @param overrides values by path that win over everything
     * @throws SettingsException with every fault
     */
    public static LoadedSettings read(
            Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
        SettingsLoader loader = new SettingsLoader();
        loader.takeDefaults();
        file.ifPresent(loader::takeFile);
        loader.takeEnvironment(environment);
        loader.takeOverrides(overrides);
        loader.parse();
        loader.checkTogether();
        if (!loader.faults.isEmpty()) {
            loader.faults.sort(
                    Comparator.comparingInt(fault -> fault.place().line().orElse(Integer.MAX_VALUE)));
            throw new SettingsException(loader.faults);
        }
        return new LoadedSettings(loader.settings(), loader.found);
    }

    private void takeDefaults() {
        for (SettingKey<?> key : SettingKey.ALL) {
            take(key, key.defaultText(), Source.DEFAULT, Place.of("default"));
        }
    }

    private void takeFile(Path file) {
        IniFile ini = new IniFile(file.toString(), contents(file));
        faults.addAll(ini.faults());
        Map<String, String> written = ini.values();
        ini.places()
                .forEach((path, place) ->
                        take(SettingKey.of(path).orElseThrow(), written.getOrDefault(path, ""), Source.FILE, place));
    }

    private String contents(Path file) {
        String problem;
        try {
            if (Files.size(file) <= MOST_BYTES) {
                return Files.readString(file, StandardCharsets.UTF_8);
            }
            problem = "is larger than 1MiB";
        } catch (NoSuchFileException e) {
            problem = "there is no such file; copy configs/bulkhead.conf there, or name another with --config";
        } catch (CharacterCodingException e) {
            problem = "is not UTF-8 text";
        } catch (IOException e) {
            problem = "cannot be read: " + e;
        }
        faults.add(new Fault(Place.of(file.toString()), "", problem));
        return "";
    }

    private void takeEnvironment(Map<String, String> environment) {
        for (SettingKey<?> key : SettingKey.ALL) {
            String value = environment.get(key.variable());
            if (value != null) {
                take(key, value, Source.ENVIRONMENT, Place.of("variable " + key.variable()));
            }
        }
    }

    private void takeOverrides(Map<String, String> overrides) {
        List<String> known = SettingKey.ALL.stream().map(SettingKey::path).toList();
        overrides.forEach((path, value) -> {
            Place place = Place.of("override");
            SettingKey.of(path)
                    .ifPresentOrElse(
                            key -> take(key, value, Source.OVERRIDE, place),
                            () -> faults.add(new Fault(
                                    place,
                                    path,
                                    "there is no such key" + NearestWord.hint(path, known) + " (there are "
                                            + String.join(", ", known) + ")")));
        });
    }

    private void take(SettingKey<?> key, String value, Source source, Place place) {
        found.put(key.path(), new Explanation(key, value, source, place.toString()));
        places.put(key.path(), place);
    }

    private void parse() {
        for (Explanation explanation : found.values()) {
            SettingKey<?> key = explanation.key();
            try {
                values.put(key.path(), key.parser().apply(explanation.value().strip()));
            } catch (IllegalArgumentException e) {
                fault(key, e.getMessage() + "; allowed: " + key.allowed());
            }
        }
    }

    /** Rules between keys; a key that is wrong by itself takes no part. */
    private void checkTogether() {
        Optional<Path> run = value(SettingKey.RUN_DIRECTORY);
        run.ifPresent(this::checkSocketPaths);
        if (run.isPresent() && run.equals(value(SettingKey.STATE_DIRECTORY))) {
            fault(SettingKey.RUN_DIRECTORY, "must not be the same directory as " + SettingKey.STATE_DIRECTORY.path());
        }
        Optional<Long> base = value(SettingKey.UID_BASE);
        Optional<Integer> ranges = value(SettingKey.UID_RANGES);
        if (base.isPresent() && ranges.isPresent()) {
            long room = (END_OF_UIDS - base.get()) / 65_536;
            if (ranges.get() > room) {
                fault(
                        SettingKey.UID_RANGES,
                        "there is room for " + room + " ranges above " + SettingKey.UID_BASE.path() + " = " + base.get()
                                + ", not for " + ranges.get());
            }
        }
        checkTls();
        Optional<CpuMillis> reserve = value(SettingKey.HOST_CPU_RESERVE).flatMap(part -> part);
        long pool = value(SettingKey.HOST_CPUS)
                .flatMap(cpus -> cpus)
                .map(cpus -> cpus.size() * 1000L)
                .orElse(512_000L);
        if (reserve.isPresent() && reserve.get().millis() > pool) {
            fault(
                    SettingKey.HOST_CPU_RESERVE,
                    reserve.get() + " CPUs are more than " + SettingKey.HOST_CPUS.path() + " has: "
                            + new CpuMillis(pool));
        }
    }

    private void checkTls() {
        Optional<Path> certificate = value(SettingKey.API_TLS_CERTIFICATE).flatMap(file -> file);
        Optional<Path> key = value(SettingKey.API_TLS_KEY).flatMap(file -> file);
        Optional<Settings.Place> listen = value(SettingKey.API_LISTEN).flatMap(place -> place);
        if (certificate.isPresent() != key.isPresent()) {
            SettingKey<?> missing = key.isPresent() ? SettingKey.API_TLS_CERTIFICATE : SettingKey.API_TLS_KEY;
            SettingKey<?> there = key.isPresent() ? SettingKey.API_TLS_KEY : SettingKey.API_TLS_CERTIFICATE;
            fault(missing, "must be set where " + there.path() + " is");
        } else if (certificate.isEmpty() && listen.isPresent() && !listen.get().isLoopback()) {
            fault(
                    SettingKey.API_LISTEN,
                    listen.get().host() + " can be reached by others, where tokens need TLS; set "
                            + SettingKey.API_TLS_CERTIFICATE.path() + " and " + SettingKey.API_TLS_KEY.path()
                            + ", or listen on 127.0.0.1");
        }
    }

    private void checkSocketPaths(Path run) {
        Stream.of(Settings.managerSocket(run), Settings.apiSocket(run))
                .filter(socket -> bytes(socket) > SOCKET_PATH_BYTES)
                .findFirst()
                .ifPresent(socket -> fault(
                        SettingKey.RUN_DIRECTORY,
                        "is too long: the socket " + socket + " would have " + bytes(socket)
                                + " bytes, and a socket's path has at most " + SOCKET_PATH_BYTES + " (unix(7))"));
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private void fault(SettingKey<?> key, String problem) {
        faults.add(new Fault(places.getOrDefault(key.path(), Place.of("default")), key.path(), problem));
    }

    private Settings settings() {
        return new Settings(
                sure(SettingKey.INSTANCE_NAME),
                sure(SettingKey.STATE_DIRECTORY),
                sure(SettingKey.RUN_DIRECTORY),
                sure(SettingKey.DEFINITIONS_DIRECTORY),
                new Settings.Host(
                        sure(SettingKey.HOST_CPUS),
                        sure(SettingKey.HOST_CPU_RESERVE),
                        sure(SettingKey.HOST_MEMORY_RESERVE),
                        sure(SettingKey.HOST_CONFINE),
                        sure(SettingKey.HOST_STEER_INTERRUPTS),
                        sure(SettingKey.HOST_MEMORY_CAPS),
                        new IoCapacity(
                                sure(SettingKey.HOST_DISK_READ),
                                sure(SettingKey.HOST_DISK_WRITE),
                                sure(SettingKey.HOST_DISK_READ_OPERATIONS),
                                sure(SettingKey.HOST_DISK_WRITE_OPERATIONS)),
                        new NetworkCapacity(sure(SettingKey.HOST_NETWORK_IN), sure(SettingKey.HOST_NETWORK_OUT))),
                sure(SettingKey.UID_BASE),
                sure(SettingKey.UID_RANGES),
                sure(SettingKey.CONSOLE_HISTORY),
                sure(SettingKey.CONSOLE_LOG),
                new Settings.Network(
                        sure(SettingKey.NETWORK_SUBNET),
                        sure(SettingKey.NETWORK_UPLINK),
                        sure(SettingKey.NETWORK_NAT),
                        sure(SettingKey.NETWORK_HOST_NAMES)),
                sure(SettingKey.CONTROL_PLANE_USER),
                new Settings.Api(
                        sure(SettingKey.API_ADMINS),
                        sure(SettingKey.API_OPERATORS),
                        sure(SettingKey.API_VIEWERS),
                        sure(SettingKey.API_LISTEN),
                        sure(SettingKey.API_TLS_CERTIFICATE),
                        sure(SettingKey.API_TLS_KEY),
                        sure(SettingKey.API_ALLOWED_ORIGINS)),
                new Settings.Consoles(
                        sure(SettingKey.CONSOLES_READ),
                        sure(SettingKey.CONSOLES_WRITE),
                        sure(SettingKey.CONSOLES_TAKE_OVER),
                        sure(SettingKey.CONSOLES_GRANTS),
                        sure(SettingKey.CONSOLES_BREAK),
                        sure(SettingKey.CONSOLES_WRITER_IDLE),
                        sure(SettingKey.CONSOLES_MOST_IDLE),
                        sure(SettingKey.CONSOLES_MOST_ATTACHED)),
                new Settings.Ssh(sure(SettingKey.SSH_LISTEN), sure(SettingKey.SSH_ESCAPE_KEY)));
    }

    private <T> T sure(SettingKey<T> key) {
        return value(key).orElseThrow();
    }

    @SuppressWarnings("unchecked") // values holds under each path what that key's own parser returned
    private <T> Optional<T> value(SettingKey<T> key) {
        return Optional.ofNullable((T) values.get(key.path()));
    }
}
