package io.bulkhead.broker.testing;

/** Disks and networks to add to a {@link SysTree}, by their shape. */
public final class SysDevices {
    private static final String FIRST = "pci0000:00/0000:00:01.0/nvme/nvme0/nvme0n1";
    private static final String SECOND = "pci0000:80/0000:80:01.0/nvme/nvme1/nvme1n1";

    private SysDevices() {}

    /**
     * Two NVMe disks on two nodes, each with two partitions; a RAID of the second ones; two mappings on it, one with ext4
     * at {@code /} and one with xfs at {@code /srv}; a loop device on a file of the latter and one not in use; and a disk that
     * turns, whose controller tells no node, with vfat at {@code /boot/efi}.
     */
    public static SysTree mappingsOnRaidOnNvmePartitions(SysTree tree) {
        String sata = "pci0000:00/0000:00:17.0/ata1/host0/0:0:0:0";
        disk(tree, FIRST, "259:0", 953_870, "0");
        disk(tree, SECOND, "259:1", 953_870, "0");
        disk(tree, sata + "/block/sda", "8:0", 3_815_447, "1");
        tree.link("sys/devices/" + FIRST + "/device", "../../nvme0")
                .file("sys/devices/pci0000:00/0000:00:01.0/nvme/nvme0/model", "Example 1000   ")
                .link("sys/devices/" + sata + "/block/sda/device", "../../../0:0:0:0")
                .file("sys/devices/" + sata + "/model", "Example Disk");
        node(tree, "pci0000:00/0000:00:01.0", 0);
        node(tree, "pci0000:80/0000:80:01.0", 1);
        node(tree, "pci0000:00/0000:00:17.0", -1);
        return tree.partition(sata + "/block/sda", "sda1", "8:1", 512)
                .partition(FIRST, "nvme0n1p1", "259:2", 512)
                .partition(FIRST, "nvme0n1p2", "259:3", 953_000)
                .partition(SECOND, "nvme1n1p1", "259:4", 512)
                .partition(SECOND, "nvme1n1p2", "259:5", 953_000)
                .stacked("md0", "9:0", 952_900, FIRST + "/nvme0n1p2", SECOND + "/nvme1n1p2")
                .file("sys/devices/virtual/block/md0/md/level", "raid1")
                .stacked("dm-0", "252:0", 51_200, "virtual/block/md0")
                .file("sys/devices/virtual/block/dm-0/dm/name", "vg-root")
                .stacked("dm-1", "252:1", 512_000, "virtual/block/md0")
                .file("sys/devices/virtual/block/dm-1/dm/name", "vg-srv")
                .stacked("loop0", "7:0", 4096)
                .file("sys/devices/virtual/block/loop0/loop/backing_file", "/srv/bulkhead/volumes/db")
                .stacked("loop1", "7:1", 0)
                .stacked("zram0", "253:0", 1024)
                .mounts(
                        "22 1 0:21 / /proc rw - proc proc rw",
                        "23 1 252:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw",
                        "24 23 252:1 / /srv rw - xfs /dev/mapper/vg-srv rw",
                        "25 23 8:1 / /boot/efi rw - vfat /dev/sda1 rw",
                        "26 23 252:1 /deep /mnt/with\\040blank rw - xfs /dev/mapper/vg-srv rw",
                        "27 23 0:30 / /run rw - tmpfs tmpfs rw");
    }

    private static void disk(SysTree tree, String directory, String number, long mebibytes, String rotational) {
        tree.block(directory, number, mebibytes).file("sys/devices/" + directory + "/queue/rotational", rotational);
    }

    private static void node(SysTree tree, String device, int node) {
        tree.file("sys/devices/" + device + "/numa_node", "" + node);
    }

    /**
     * A card of 25 Gbit/s on node 1, one that is switched off, a bond on the former, the loopback, and the file that lies
     * beside them.
     */
    public static SysTree bondOnACard(SysTree tree) {
        String first = "pci0000:80/0000:80:02.0/net/eth0";
        String second = "pci0000:00/0000:00:03.0/virtio2/net/eth1";
        node(tree, "pci0000:80/0000:80:02.0", 1);
        return tree.nic(first)
                .file("sys/devices/" + first + "/speed", "25000")
                .file("sys/devices/" + first + "/carrier", "1")
                .link("sys/devices/" + first + "/device", "../../../0000:80:02.0")
                .link("sys/devices/pci0000:80/0000:80:02.0/driver", "../../../bus/pci/drivers/mlx5_core")
                .nic(second)
                .link("sys/devices/" + second + "/device", "../../../virtio2")
                .nic("virtual/net/bond0")
                .file("sys/devices/virtual/net/bond0/speed", "4294967295")
                .file("sys/devices/virtual/net/bond0/carrier", "0")
                .link("sys/devices/virtual/net/bond0/lower_eth0", "../../../" + first)
                .nic("virtual/net/lo")
                .file("sys/class/net/bonding_masters", "bond0");
    }

    /** Control groups of version 2 with all controllers and one group, and what a kernel of today can do. */
    public static SysTree versionTwo(SysTree tree, String... moreMounts) {
        String[] mounts = new String[moreMounts.length + 1];
        mounts[0] = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot";
        System.arraycopy(moreMounts, 0, mounts, 1, moreMounts.length);
        String group = "sys/fs/cgroup/system.slice/";
        return tree.mounts(mounts)
                .file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc")
                .file("sys/fs/cgroup/cgroup.procs", "1")
                .file(group + "cgroup.procs", "7")
                .file(group + "cgroup.kill", "")
                .file(group + "cpuset.cpus", "")
                .file(group + "cpuset.cpus.partition", "member")
                .file("proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0")
                .file("proc/self/ns/user", "")
                .file("proc/sys/user/max_user_namespaces", "127000")
                .file("proc/sys/kernel/osrelease", "6.1.0-18-amd64")
                .file("proc/sys/kernel/arch", "x86_64")
                .file("proc/devices", "Block devices:\n  7 loop\n259 blkext")
                .file("proc/filesystems", "nodev\tsysfs\nnodev\tresctrl\n\text4")
                .file("sys/devices/virtual/workqueue/cpumask", "ff");
    }
}
