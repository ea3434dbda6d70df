package io.bulkhead.harness.lab;

import io.bulkhead.contract.unit.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of one guest; pure.
 *
 * @param topology the shape of its hardware
 * @param kernel the kernel's file
 * @param root disk image of the operating system; never written
 * @param payload disk image of Bulkhead; never written
 * @param data image of the data disk
 * @param fileServer socket of the server of its share
 * @param agent socket on which its agent is reached; made by QEMU
 * @param monitor socket on which QEMU itself is reached; made by it
 * @param log what its first serial line says goes there
 * @param interactive whether that line is also this terminal's, with a login
 */
record QemuCommand(
        Topology topology,
        Path kernel,
        Path root,
        Path payload,
        Path data,
        Path fileServer,
        Path agent,
        Path monitor,
        Path log,
        boolean interactive) {
    /** Mark of the root file system's partition, which the image's build sets: names of NVMe disks change between boots. */
    static final String ROOT_PARTITION = "b01dbead-01";

    /**
     * A plain one: what newer ones have on top (wide vectors, their saving at every switch, access bits) costs a quarter of
     * the time when it is interpreted. Without cmpxchg16b, after which QEMU 7.2 leaves wrong flags so that kernels crash
     * at random.
     */
    private static final String CPU = "Nehalem,cx16=off";

    /**
     * TCG's time stamp counter is one for all processors; left to its own judgement the kernel would read the time from the
     * emulated HPET, a hundred times slower.
     */
    private static final String CLOCK = "tsc=reliable";

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-name",
                "bulkhead-lab-" + topology.name(),
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                CPU));
        addShape(arguments);
        addDisks(arguments);
        addLines(arguments);
        add(arguments, "-kernel", kernel.toString());
        add(arguments, "-append", kernelArguments());
        return List.copyOf(arguments);
    }

    private void addShape(List<String> arguments) {
        add(
                arguments,
                "-smp",
                "%d,sockets=%d,dies=%d,cores=%d,threads=%d"
                        .formatted(
                                topology.cpus(),
                                topology.sockets(),
                                topology.dies(),
                                topology.cores(),
                                topology.threads()));
        add(arguments, "-m", mebibytes(topology.memory()) + "M");
        for (int node = 0; node < topology.nodes(); node++) {
            int first = node * topology.cpusPerNode();
            // Shared, because the file server reads and writes the guest's memory.
            add(
                    arguments,
                    "-object",
                    "memory-backend-memfd,id=memory%d,size=%dM,share=on"
                            .formatted(node, mebibytes(topology.memory()) / topology.nodes()));
            add(
                    arguments,
                    "-numa",
                    "node,nodeid=%d,cpus=%d-%d,memdev=memory%d"
                            .formatted(node, first, first + topology.cpusPerNode() - 1, node));
        }
    }

    private void addDisks(List<String> arguments) {
        addDisk(arguments, "root", root, ",snapshot=on", "nvme");
        addDisk(arguments, "payload", payload, ",snapshot=on", "nvme");
        addDisk(arguments, "data", data, "", topology.bus() == Topology.Bus.NVME ? "nvme" : "virtio-blk-pci");
    }

    private static void addDisk(List<String> arguments, String id, Path image, String more, String device) {
        add(arguments, "-drive", "file=" + image + ",format=raw,if=none,id=" + id + ",cache=unsafe" + more);
        add(arguments, "-device", device + ",serial=" + id + ",drive=" + id);
    }

    private void addLines(List<String> arguments) {
        add(
                arguments,
                "-chardev",
                interactive ? "stdio,id=console,mux=on,signal=off,logfile=" + log : "file,id=console,path=" + log);
        add(arguments, "-serial", "chardev:console");
        if (interactive) {
            add(arguments, "-mon", "chardev=console,mode=readline");
        }
        add(arguments, "-chardev", "socket,id=agent,server=on,wait=off,path=" + agent);
        add(arguments, "-serial", "chardev:agent");
        add(arguments, "-qmp", "unix:" + monitor + ",server=on,wait=off");
        add(arguments, "-chardev", "socket,id=files,path=" + fileServer);
        add(arguments, "-device", "vhost-user-fs-pci,chardev=files,tag=lab");
    }

    private String kernelArguments() {
        return "console=ttyS0 root=PARTUUID=" + ROOT_PARTITION + " rw mitigations=off nokaslr " + CLOCK
                + (interactive ? "" : " systemd.getty_auto=0");
    }

    private static long mebibytes(ByteSize size) {
        return size.bytes() >> 20;
    }

    private static void add(List<String> arguments, String option, String value) {
        arguments.add(option);
        arguments.add(value);
    }
}
