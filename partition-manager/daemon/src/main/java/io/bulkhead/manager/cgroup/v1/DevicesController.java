package io.bulkhead.manager.cgroup.v1;

import io.bulkhead.manager.cgroup.CgroupFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which device nodes a group's tasks may open; cgroup-v1/devices.rst, numbers from admin-guide/devices.txt. */
final class DevicesController {
    /** Making any node is harmless as long as it cannot be opened. */
    private static final List<String> ALLOWED = List.of(
            "c *:* m", // mknod, character devices
            "b *:* m", // mknod, block devices
            "c 1:3 rwm", // null
            "c 1:5 rwm", // zero
            "c 1:7 rwm", // full
            "c 1:8 rwm", // random
            "c 1:9 rwm", // urandom
            "c 5:0 rwm", // tty
            "c 5:1 rwm", // console
            "c 5:2 rwm", // ptmx
            "c 136:* rwm"); // pts/*

    private final CgroupFiles files;
    private final Path group;

    DevicesController(CgroupFiles files, Path group) {
        this.files = files;
        this.group = group;
    }

    /** Allows the standard nodes only, here and in the groups inside. */
    void allowStandardNodes() {
        if (!allowsStandardNodesOnly()) {
            files.write(group.resolve("devices.deny"), "a");
            ALLOWED.forEach(node -> files.write(group.resolve("devices.allow"), node));
        }
        files.groupsIn(group).forEach(inside -> new DevicesController(files, inside).allowStandardNodes());
    }

    /** Allows these block devices too, here and in the groups inside, and no others. */
    void openBlockDevices(Set<String> devices) {
        Set<String> open = new TreeSet<>();
        list().filter(node -> node.startsWith("b ") && !ALLOWED.contains(node))
                .forEach(node -> open.add(node.split(" ", -1)[1]));
        for (String device : open) {
            if (!devices.contains(device)) {
                files.write(group.resolve("devices.deny"), "b " + device + " rw");
            }
        }
        for (String device : devices) {
            if (!open.contains(device)) {
                files.write(group.resolve("devices.allow"), "b " + device + " rw");
            }
        }
        files.groupsIn(group).forEach(inside -> new DevicesController(files, inside).openBlockDevices(devices));
    }

    boolean allowsStandardNodesOnly() {
        return list().collect(Collectors.toSet()).equals(Set.copyOf(ALLOWED));
    }

    private Stream<String> list() {
        return files.read(group.resolve("devices.list")).lines().map(String::strip);
    }
}
