package io.bulkhead.broker.inventory;

import io.bulkhead.broker.inventory.Inventory.Carrier;
import io.bulkhead.broker.inventory.Inventory.Nic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The network interfaces of this process's network namespace, without the loopback.
 *
 * <p>Source: kernel document {@code ABI/testing/sysfs-class-net}; {@code speed} is in Mbit/s, and reading it or {@code
 * carrier} of an interface that is switched off fails.
 */
final class NicReader {
    private static final String BELOW = "lower_";

    /** What older drivers say for "unknown": -1 without its sign. */
    private static final long UNKNOWN_SPEED = 0xFFFF_FFFFL;

    private final KernelFiles files;

    NicReader(KernelFiles files) {
        this.files = files;
    }

    /** In the order of their names. */
    List<Nic> nics() {
        Path directory = files.at("sys/class/net");
        List<Nic> nics = new ArrayList<>();
        for (String name : files.names(directory)) {
            Path link = directory.resolve(name);
            // Beside the interfaces are files like bonding_masters.
            if (!name.equals("lo") && files.answer(link.resolve("ifindex")).isPresent()) {
                nics.add(nic(name, files.followed(link)));
            }
        }
        return nics;
    }

    private Nic nic(String name, Path nic) {
        boolean physical = !nic.startsWith(files.at("sys/devices/virtual"));
        Path speed = nic.resolve("speed");
        return new Nic(
                name,
                physical,
                files.answer(speed)
                        .map(text -> KernelFiles.number(speed, text))
                        .filter(megabits -> megabits > 0 && megabits < UNKNOWN_SPEED)
                        .map(megabits -> megabits * 1_000_000),
                files.answer(nic.resolve("carrier")).map(text -> text.equals("1") ? Carrier.PRESENT : Carrier.ABSENT),
                physical ? files.nodeOf(nic) : Optional.empty(),
                driver(nic.resolve("device/driver")),
                files.names(nic).stream()
                        .filter(each -> each.startsWith(BELOW))
                        .map(each -> each.substring(BELOW.length()))
                        .toList());
    }

    private Optional<String> driver(Path link) {
        Path driver = files.followed(link);
        return driver.equals(link) ? Optional.empty() : Optional.of(String.valueOf(driver.getFileName()));
    }
}
