package io.bulkhead.manager.sys;

import java.nio.file.Path;
import java.util.List;

/**
 * Programs that decide which device nodes the tasks of a version 2 group may open; bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE. One
 * that is attached stays until its group goes, whoever attached it. Safe for any thread; each method fails with {@link
 * ErrnoException}, EPERM where the host lets nobody load programs.
 */
public interface DevicePrograms {
    /** Loads a program of struct bpf_insn after struct bpf_insn; it goes with its last descriptor and its last group. */
    Fd load(byte[] instructions);

    /** What the kernel tells programs from one another by: a digest of the instructions. */
    String tag(Fd program);

    /** Attaches a program to a group beside what is there already; each of them can refuse. */
    void attach(Fd program, Path group);

    /** Takes off a group itself those programs of ours that are not this one; programs of others stay. */
    void detachOthers(Fd program, Path group);

    /** The tags of the programs on a group itself, without those above it. */
    List<String> tags(Path group);
}
