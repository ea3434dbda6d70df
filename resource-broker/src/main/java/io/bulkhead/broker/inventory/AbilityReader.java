package io.bulkhead.broker.inventory;

import io.bulkhead.broker.inventory.Inventory.Ability;
import io.bulkhead.broker.inventory.Inventory.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the kernel can do, as far as its files say so without changing anything. What only trying tells is the manager's to
 * find out, and stands in {@code GET /v1/host}.
 */
final class AbilityReader {
    /** What each controller is for; of {@code io} the name in version 1 is another. */
    private static final List<String> CONTROLLERS = List.of("cpuset", "cpu", "memory", "io", "pids", "hugetlb");

    private static final Map<String, String> NAME_IN_VERSION_1 = Map.of("io", "blkio");

    private final KernelFiles files;
    private final ControlGroupReader groups;

    AbilityReader(KernelFiles files, ControlGroupReader groups) {
        this.files = files;
        this.groups = groups;
    }

    /** All that are looked for, in an order that does not change. */
    List<Ability> abilities() {
        List<Ability> all = new ArrayList<>();
        CONTROLLERS.forEach(controller -> all.add(controller(controller)));
        all.add(ofCpusets(
                "cpuset-partitions", "cpuset.cpus.partition", "the kernel itself keeps everybody else off whole CPUs"));
        all.add(ofCpusets(
                "cpuset-exclusive",
                "cpuset.cpus.exclusive",
                "whole CPUs are set apart without a group of their own above"));
        all.add(ofGroups("group-kill", "cgroup.kill", "cgroup.procs", "a group is killed at once, forks and all"));
        all.add(ability(
                "memory-protection",
                groups.unifiedHas("memory") && groups.unifiedOption("memory_recursiveprot"),
                "memory.min holds for groups inside too",
                groups.unifiedHas("memory")
                        ? "mount -o remount,memory_recursiveprot on the control groups switches it on"
                        : "only version 2 of control groups has it"));
        all.add(ability(
                "attributed-writes",
                groups.canAttributeWrites(),
                "a buffered write counts for the group that wrote, where the file system tells",
                "buffered writes pass by limits; version 2 of control groups knows whose they are"));
        all.add(ability(
                "pressure",
                files.answer(files.at("proc/pressure/cpu")).isPresent(),
                "the kernel tells how long tasks wait for CPU, memory and I/O (PSI)",
                "booting with psi=1 switches it on, where the kernel has it"));
        all.add(ability(
                "user-namespaces",
                files.exists(files.at("proc/self/ns/user"))
                        && files.answer(files.at("proc/sys/user/max_user_namespaces"))
                                .filter(text -> !text.equals("0"))
                                .isPresent(),
                "root inside a partition is nobody outside",
                "sysctl user.max_user_namespaces is 0, or the kernel has none"));
        all.add(ability(
                "workqueue-steering",
                files.exists(files.at("sys/devices/virtual/workqueue/cpumask")),
                "unbound kernel workers are kept off whole CPUs",
                "unbound kernel workers run where they like"));
        all.add(ability(
                "loop-devices",
                files.text(files.at("proc/devices")).orElse("").lines().anyMatch(line -> line.endsWith(" loop")),
                "partitions have volumes on files",
                "'modprobe loop' loads them, where the kernel has them"));
        all.add(ability(
                "cache-slices",
                files.text(files.at("proc/filesystems")).orElse("").lines().anyMatch(line -> line.endsWith("resctrl")),
                "caches and memory bandwidth can be divided (resctrl)",
                "this kernel or this processor does not divide caches"));
        return all;
    }

    private Ability controller(String name) {
        String old = NAME_IN_VERSION_1.getOrDefault(name, name);
        boolean unified = groups.unifiedHas(name);
        return ability(
                "controller-" + name,
                unified || groups.separateHas(old),
                unified ? "in version 2 of control groups" : "in version 1 of control groups, as " + old,
                "not mounted: the kernel has none, or its command line switches it off");
    }

    private Ability ofCpusets(String name, String file, String word) {
        return groups.unifiedHas("cpuset")
                ? ofGroups(name, file, "cpuset.cpus", word)
                : new Ability(name, Answer.NO, "it takes the cpuset controller in version 2 of control groups");
    }

    private Ability ofGroups(String name, String file, String sign, String word) {
        Optional<Boolean> has = groups.groupsHave(file, sign);
        return has.map(yes -> ability(name, yes, word, "the groups of this kernel have no " + file))
                .orElseGet(() ->
                        new Ability(name, Answer.UNKNOWN, "no group shows it yet: none below the root has a " + sign));
    }

    private static Ability ability(String name, boolean has, String word, String otherwise) {
        return new Ability(name, has ? Answer.YES : Answer.NO, has ? word : otherwise);
    }
}
