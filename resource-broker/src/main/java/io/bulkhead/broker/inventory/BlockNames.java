package io.bulkhead.broker.inventory;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds the block devices behind a mount: by its number, or where that is of no device, by what it was mounted from. */
final class BlockNames {
    private final Map<String, String> byNumber = new HashMap<>();
    private final Map<String, String> byFile = new HashMap<>();

    private BlockNames() {}

    /** The names of devices, whose mappings have a second name below /dev/mapper. */
    static <D> BlockNames of(
            Collection<D> devices,
            Function<D, String> name,
            Function<D, String> number,
            Function<D, Optional<String>> mapping) {
        BlockNames names = new BlockNames();
        for (D device : devices) {
            names.byNumber.put(number.apply(device), name.apply(device));
            // The kernel writes the slashes in names, which /sys cannot have in them, as exclamation marks.
            names.byFile.put("/dev/" + name.apply(device).replace('!', '/'), name.apply(device));
            mapping.apply(device).ifPresent(each -> names.byFile.put("/dev/mapper/" + each, name.apply(device)));
        }
        return names;
    }

    /** See {@link BlockNames}; empty where it is on no block device. */
    List<String> of(Mounts.Mount mount, KernelFiles files) {
        String one = byNumber.get(mount.device());
        if (one != null) {
            return List.of(one);
        }
        List<String> named = Stream.of(mount.source().split(":", -1))
                .flatMap(file -> Optional.ofNullable(byFile.get(file)).stream())
                .toList();
        return mount.type().equals("btrfs") && !named.isEmpty() ? allOfBtrfs(named.get(0), files) : named;
    }

    /** All devices of the btrfs that one is of: mount(8) and mountinfo name one of them only. */
    private static List<String> allOfBtrfs(String one, KernelFiles files) {
        Path all = files.at("sys/fs/btrfs");
        return files.names(all).stream()
                .map(name -> files.names(all.resolve(name).resolve("devices")))
                .filter(devices -> devices.contains(one))
                .findFirst()
                .orElse(List.of(one));
    }
}
