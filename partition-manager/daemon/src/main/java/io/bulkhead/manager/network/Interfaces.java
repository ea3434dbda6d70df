package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.HostRoutes;
import io.bulkhead.manager.sys.KernelText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the kernel's files say of the host's interfaces and routes: sysfs(5), proc(5), and their settings. Any thread. */
final class Interfaces {
    private static final int UP = 1;

    private final Path root;

    /** @param root of the file system; not {@code /} in tests only */
    Interfaces(Path root) {
        this.root = root;
    }

    /** Their names. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve("sys/class/net"))) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException e) {
            throw new NetworkException("the host's interfaces cannot be listed: " + e, e);
        }
        return names;
    }

    boolean exists(String name) {
        return Files.exists(of(name));
    }

    /** The kernel's number of an interface, if there is one of that name. */
    OptionalInt index(String name) {
        return text(of(name).resolve("ifindex"))
                .map(Integer::parseInt)
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** What was said of it by whoever made it; empty for nothing. */
    String alias(String name) {
        return text(of(name).resolve("ifalias")).orElse("");
    }

    /** The bridge, bond or the like that it is a part of. */
    Optional<String> master(String name) {
        try {
            return Optional.of(Files.readSymbolicLink(of(name).resolve("master"))
                    .getFileName()
                    .toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What is built on it: VLANs, tunnels. */
    List<String> users(String name) {
        List<String> users = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(of(name), "upper_*")) {
            entries.forEach(entry -> users.add(entry.getFileName().toString().substring("upper_".length())));
        } catch (IOException e) {
            return List.of();
        }
        return users;
    }

    Optional<String> hardwareAddress(String name) {
        return text(of(name).resolve("address"));
    }

    Optional<Integer> mtu(String name) {
        return text(of(name).resolve("mtu")).map(Integer::parseInt);
    }

    boolean isUp(String name) {
        return text(of(name).resolve("flags"))
                .map(flags -> (Integer.decode(flags) & UP) != 0)
                .orElse(false);
    }

    private Path of(String name) {
        return root.resolve("sys/class/net").resolve(name);
    }

    // ---- routes

    /** The host's routes and addresses of IPv4. */
    HostRoutes routes() {
        return HostRoutes.parse(
                text(root.resolve("proc/self/net/route")).orElse(""),
                text(root.resolve("proc/self/net/fib_trie")).orElse(""));
    }

    // ---- settings

    /** Whether the host passes on what comes in by an interface; the kernel's ip-sysctl.rst. */
    boolean forwards(String name) {
        return text(setting("ipv4", name, "forwarding")).equals(Optional.of("1"));
    }

    /** Changes a setting of an interface that is ours. */
    void set(String family, String name, String key, String value) {
        Path file = setting(family, name, key);
        if (text(file).equals(Optional.of(value)) || family.equals("ipv6") && !Files.exists(file)) {
            return;
        }
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            throw new NetworkException(file + ": " + e.getMessage(), e);
        }
    }

    private Path setting(String family, String name, String key) {
        return root.resolve("proc/sys/net")
                .resolve(family)
                .resolve("conf")
                .resolve(name)
                .resolve(key);
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(KernelText.read(file).strip());
        } catch (IOException e) {
            // There is none, or the interface has gone between open and read.
            return Optional.empty();
        }
    }
}
