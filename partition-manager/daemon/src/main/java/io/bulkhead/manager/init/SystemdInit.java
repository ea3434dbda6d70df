package io.bulkhead.manager.init;

import io.bulkhead.contract.partition.Init;
import io.bulkhead.contract.partition.PartitionName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The host's systemd as process 1. Units that only make sense for the machine itself are masked in {@code
 * /run/systemd/system.control}, which outranks /etc (systemd.unit(5)) and vanishes with the partition: its /etc stays
 * clean.
 */
final class SystemdInit {
    private static final String SYSTEMD = "/lib/systemd/systemd";
    private static final String CONTROL = "/run/systemd/system.control";
    private static final String AUTOMATIC_LOGIN = CONTROL + "/console-getty.service.d";
    private static final String USER_MANAGERS = CONTROL + "/user@.service.d";
    private static final String ALL_SERVICES = CONTROL + "/service.d";

    /** Devices, modules and kernel settings belong to the host. */
    private static final List<String> HOST_DEVICES = List.of(
            "sys-kernel-debug.mount",
            "sys-kernel-tracing.mount",
            "sys-kernel-config.mount",
            "sys-fs-fuse-connections.mount",
            "dev-hugepages.mount",
            "proc-sys-fs-binfmt_misc.automount",
            "proc-sys-fs-binfmt_misc.mount",
            "systemd-binfmt.service",
            "systemd-udevd.service",
            "systemd-udevd-control.socket",
            "systemd-udevd-kernel.socket",
            "systemd-udev-trigger.service",
            "systemd-udev-settle.service",
            "systemd-modules-load.service",
            "kmod-static-nodes.service",
            "modprobe@.service",
            "systemd-sysctl.service",
            "systemd-hwdb-update.service",
            "systemd-pstore.service",
            "systemd-random-seed.service",
            "systemd-boot-update.service",
            "systemd-journald-audit.socket",
            "rngd.service",
            "auditd.service",
            "apparmor.service");

    /** So do disks. */
    private static final List<String> HOST_DISKS = List.of(
            "systemd-remount-fs.service",
            "systemd-fsck-root.service",
            "systemd-quotacheck.service",
            "quotaon.service",
            "systemd-repart.service",
            "fstrim.timer",
            "fstrim.service",
            "e2scrub_all.timer",
            "e2scrub_all.service",
            "e2scrub_reap.service",
            "mdmonitor.service",
            "mdcheck_start.timer",
            "mdcheck_continue.timer",
            "lvm2-monitor.service",
            "lvm2-lvmpolld.socket",
            "dm-event.socket",
            "blk-availability.service",
            "multipathd.service",
            "multipathd.socket",
            "smartmontools.service",
            "iscsid.service",
            "open-iscsi.service");

    /** Its links are given to a partition ready-made, and the clock is the machine's. */
    private static final List<String> HOST_NETWORK_AND_CLOCK = List.of(
            "networking.service",
            "ifupdown-pre.service",
            "ifupdown-wait-online.service",
            "NetworkManager.service",
            "NetworkManager-wait-online.service",
            "systemd-networkd.service",
            "systemd-networkd.socket",
            "systemd-networkd-wait-online.service",
            "systemd-network-generator.service",
            "nftables.service",
            "netfilter-persistent.service",
            "ufw.service",
            "firewalld.service",
            "systemd-timesyncd.service",
            "systemd-time-wait-sync.service",
            "chrony.service",
            "ntpsec.service",
            "hwclock.service");

    /** The host's own management: its packages, its guests, its way in (whose keys never enter a partition). */
    private static final List<String> HOST_MANAGEMENT = List.of(
            "bulkhead.service",
            "bulkhead-manager.service",
            "bulkhead-control-plane.service",
            "apt-daily.timer",
            "apt-daily-upgrade.timer",
            "unattended-upgrades.service",
            "dpkg-db-backup.timer",
            "ssh.service",
            "ssh.socket",
            "docker.service",
            "docker.socket",
            "containerd.service",
            "libvirtd.service",
            "libvirtd.socket",
            "lxc.service",
            "lxc-net.service",
            "lxcfs.service",
            "qemu-guest-agent.service",
            "open-vm-tools.service",
            "cloud-init.service",
            "cloud-init-local.service",
            "cloud-config.service",
            "cloud-final.service",
            "getty@tty1.service",
            "systemd-firstboot.service",
            "systemd-machine-id-commit.service");

    private SystemdInit() {}

    /** The units that never start inside, whatever the definition says. */
    static List<String> builtInMasks() {
        return Stream.of(HOST_DEVICES, HOST_DISKS, HOST_NETWORK_AND_CLOCK, HOST_MANAGEMENT)
                .flatMap(List::stream)
                .toList();
    }

    static InitProgram program(Init.Systemd systemd, PartitionName hostname, boolean automaticLogin) {
        Map<String, String> links = new HashMap<>();
        Stream.concat(builtInMasks().stream(), systemd.maskedUnits().stream())
                .forEach(unit -> links.put(CONTROL + "/" + unit, "/dev/null"));
        Map<String, String> files = new HashMap<>();
        files.put(InitProgram.SCRIPT, ShellText.greeting(hostname.value()) + "exec " + SYSTEMD + "\n");
        List<String> directories =
                new ArrayList<>(List.of(InitProgram.DIRECTORY, "/run/systemd", CONTROL, USER_MANAGERS, ALL_SERVICES));
        // Each of these has systemd mount a fresh /proc, which the kernel refuses beside one with masks. Up to Debian
        // 12 the
        // service would then not start: logind, for one, without which a reboot waits for a minute.
        files.put(ALL_SERVICES + "/bulkhead.conf", """
                [Service]
                ProtectProc=default
                ProcSubset=all
                ProtectKernelTunables=no
                ProtectControlGroups=no
                """);
        // On cgroup v1 systemd hears of an empty group through the release agent, which a cgroup namespace cannot have:
        // it would wait two minutes for a user's manager that has long ended, and the whole stop with it.
        files.put(USER_MANAGERS + "/bulkhead.conf", """
                [Service]
                TimeoutStopSec=2s
                """);
        if (automaticLogin) {
            directories.add(AUTOMATIC_LOGIN);
            files.put(AUTOMATIC_LOGIN + "/bulkhead.conf", """
                    [Service]
                    ExecStart=
                    ExecStart=-/sbin/agetty --autologin root --noclear --keep-baud - 115200,38400,9600 $TERM
                    """);
        }
        return new InitProgram(
                InitProgram.ARGUMENTS,
                InitProgram.ENVIRONMENT,
                directories,
                files,
                links,
                List.of("/bin/sh", SYSTEMD),
                InitProgram.SIGRTMIN_PLUS_4);
    }
}
