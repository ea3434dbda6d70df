package io.bulkhead.console.map;

import io.bulkhead.broker.inventory.Inventory;
import io.bulkhead.broker.inventory.Inventory.BlockDevice;
import io.bulkhead.broker.inventory.Inventory.BlockKind;
import io.bulkhead.broker.inventory.Inventory.Carrier;
import io.bulkhead.broker.inventory.Inventory.FileSystem;
import io.bulkhead.broker.inventory.Inventory.Nic;
import io.bulkhead.broker.inventory.InventoryFile;
import io.bulkhead.console.text.Cell;
import io.bulkhead.console.text.Table;
import io.bulkhead.console.text.Tone;
import io.bulkhead.console.text.Words;
import io.bulkhead.console.text.Wrapping;
import io.bulkhead.contract.partition.NetworkSlice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The disks with the file systems on them, and the network cards, each with its node. */
public final class DeviceTables {
    private static final String UNKNOWN = "-";

    private final Inventory inventory;
    private final Map<String, String> diskOwners = new TreeMap<>();
    private final Map<String, String> cardOwners = new TreeMap<>();
    private final int width;

    /**
     * @param file with the devices, and who holds one whole
     * @param width columns of the terminal
     */
    public DeviceTables(InventoryFile file, int width) {
        this.inventory = file.inventory();
        this.width = width;
        for (InventoryFile.Holding each : file.holdings()) {
            String owner = each.name().value();
            each.slice().storage().ifPresent(storage -> storage.disks().forEach(disk -> diskOwners.put(disk, owner)));
            each.slice().network().flatMap(NetworkSlice::device).ifPresent(card -> cardOwners.put(card, owner));
        }
    }

    /** Both tables, one below the other; empty where there is neither. */
    public String render(boolean colour) {
        StringBuilder out = new StringBuilder();
        List<BlockDevice> disks = inventory.blockDevices().stream()
                .filter(device -> (device.below().isEmpty() && device.kind() == BlockKind.DISK)
                        || diskOwners.containsKey(device.name()))
                .toList();
        if (!disks.isEmpty()) {
            out.append(disks(disks).render(colour, width));
        }
        List<Nic> cards = inventory.nics().stream()
                .filter(card -> card.physical() || cardOwners.containsKey(card.name()))
                .toList();
        if (!cards.isEmpty()) {
            out.append(out.isEmpty() ? "" : "\n").append(cards(cards).render(colour, width));
        }
        String away = cardOwners.entrySet().stream()
                .filter(held -> cards.stream().noneMatch(card -> card.name().equals(held.getKey())))
                .map(held -> "network interface " + held.getKey() + ": in " + held.getValue() + "\n")
                .collect(Collectors.joining());
        return out.append(away).toString();
    }

    // ---- disks

    private Table disks(List<BlockDevice> disks) {
        boolean owned = !diskOwners.isEmpty();
        Table table = owned
                ? new Table("DISK", "SIZE>", "KIND", "NODE>", "OWNER", "FILE SYSTEMS")
                : new Table("DISK", "SIZE>", "KIND", "NODE>", "FILE SYSTEMS");
        for (BlockDevice disk : disks) {
            List<Cell> cells = new ArrayList<>(List.of(
                    Cell.of(disk.name()),
                    Cell.of(Words.size(disk.size())),
                    Cell.of(disk.rotational() ? "rotating" : "flash"),
                    Cell.of(node(disk.node()))));
            if (owned) {
                cells.add(Cell.of(diskOwners.getOrDefault(disk.name(), UNKNOWN)));
            }
            cells.add(Cell.of(fileSystems(disk)));
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    /** What lies between is told too: {@code / (ext4 on dm-0)}. */
    private String fileSystems(BlockDevice disk) {
        return inventory.fileSystems().stream()
                .filter(each -> each.disks().contains(disk.name()))
                .map(each -> each.mountPoint() + " (" + each.type() + between(each, disk)
                        + (each.attributesWrites() ? "" : ", buffered writes pass") + ")")
                .collect(Collectors.joining(", "));
    }

    private String between(FileSystem fileSystem, BlockDevice disk) {
        List<String> names = fileSystem.on().stream()
                .filter(name -> !name.equals(disk.name()))
                .map(this::title)
                .toList();
        return names.isEmpty() ? "" : " on " + String.join(" and ", names);
    }

    private String title(String name) {
        return inventory
                .blockDevice(name)
                .filter(device -> device.kind() == BlockKind.DEVICE_MAPPER)
                .flatMap(BlockDevice::title)
                .orElse(name);
    }

    // ---- networks

    private Table cards(List<Nic> cards) {
        boolean owned = cards.stream().anyMatch(card -> cardOwners.containsKey(card.name()));
        Table table = owned
                ? new Table("NETWORK", "SPEED>", "LINK", "NODE>", "DRIVER", "OWNER", "PART OF")
                : new Table("NETWORK", "SPEED>", "LINK", "NODE>", "DRIVER", "PART OF");
        for (Nic card : cards) {
            List<Cell> cells = new ArrayList<>(List.of(
                    Cell.of(card.name()),
                    Cell.of(card.bitsPerSecond().map(DeviceTables::speed).orElse(UNKNOWN)),
                    link(card),
                    Cell.of(node(card.node())),
                    Cell.of(card.driver().orElse(UNKNOWN))));
            if (owned) {
                cells.add(Cell.of(cardOwners.getOrDefault(card.name(), UNKNOWN)));
            }
            cells.add(Cell.of(inventory.nics().stream()
                    .filter(each -> each.below().contains(card.name()))
                    .map(Nic::name)
                    .collect(Collectors.joining(", "))));
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    private static Cell link(Nic card) {
        Optional<Carrier> carrier = card.carrier();
        return carrier.isEmpty()
                ? new Cell("off", Tone.FAINT)
                : carrier.get() == Carrier.PRESENT ? new Cell("up", Tone.GOOD) : new Cell("no carrier", Tone.WARN);
    }

    /** Networks count in thousands: 25 Gbit/s. */
    private static String speed(long bitsPerSecond) {
        boolean giga = bitsPerSecond >= 1_000_000_000L;
        return BigDecimal.valueOf(bitsPerSecond, giga ? 9 : 6)
                        .stripTrailingZeros()
                        .toPlainString()
                + (giga ? " Gbit/s" : " Mbit/s");
    }

    private static String node(Optional<Integer> node) {
        return node.map(String::valueOf).orElse(UNKNOWN);
    }

    // ---- what is otherwise than usual

    /** What the kernel cannot do, and CPUs that are not as the others; one line each, none where there is nothing to say. */
    public String remarks() {
        List<String> lines = new ArrayList<>();
        if (!inventory.offline().isEmpty()) {
            lines.add("offline: CPUs " + inventory.offline());
        }
        if (!inventory.isolated().isEmpty()) {
            lines.add(
                    "isolcpus of the boot: CPUs " + inventory.isolated() + ", without load balancing whoever has them");
        }
        if (!inventory.tickless().isEmpty()) {
            lines.add("nohz_full of the boot: CPUs " + inventory.tickless());
        }
        inventory.abilities().stream()
                .filter(each -> each.answer() == Inventory.Answer.NO)
                .forEach(each -> lines.add("without " + each.name() + ": " + each.word()));
        return lines.stream()
                .map(line -> Wrapping.indented(line, " ", width, 2) + "\n")
                .collect(Collectors.joining());
    }
}
