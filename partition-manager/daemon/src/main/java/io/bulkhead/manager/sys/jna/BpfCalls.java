package io.bulkhead.manager.sys.jna;

import com.sun.jna.Pointer;
import io.bulkhead.manager.sys.DevicePrograms;
import io.bulkhead.manager.sys.Errno;
import io.bulkhead.manager.sys.ErrnoException;
import io.bulkhead.manager.sys.Fd;
import io.bulkhead.manager.sys.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** Device programs by bpf(2). */
public final class BpfCalls implements DevicePrograms {
    private static final int INSTRUCTION_BYTES = 8;
    private static final int TAG_BYTES = 8;
    private static final int MOST_PROGRAMS = 64;
    private static final String NAME = "bulkhead";

    /**
     * linux/bpf.h, the parts of the union that are used here.
     *
     * <pre>{@code
     * union bpf_attr {
     *   struct { __u32 prog_type, insn_cnt; __aligned_u64 insns, license; __u32 log_level, log_size;
     *            __aligned_u64 log_buf; __u32 kern_version, prog_flags; char prog_name[16]; … };   // BPF_PROG_LOAD
     *   struct { __u32 target_fd, attach_bpf_fd, attach_type, attach_flags; … };                   // BPF_PROG_ATTACH
     *   struct { __u32 prog_id; … };                                                               // …_GET_FD_BY_ID
     *   struct { __u32 bpf_fd, info_len; __aligned_u64 info; } info;                               // …_GET_INFO_BY_FD
     *   struct { __u32 target_fd, attach_type, query_flags, attach_flags; __aligned_u64 prog_ids;
     *            __u32 prog_cnt; … } query;                                                        // BPF_PROG_QUERY
     * };
     * }</pre>
     */
    static final class Attr {
        static final int SIZE = 64;
        static final int INSN_CNT = 4;
        static final int INSNS = 8;
        static final int LICENSE = 16;
        static final int PROG_NAME = 48;
        static final int ATTACH_BPF_FD = 4;
        static final int ATTACH_TYPE = 8;
        static final int ATTACH_FLAGS = 12;
        static final int INFO_LEN = 4;
        static final int INFO = 8;
        static final int QUERY_ATTACH_TYPE = 4;
        static final int PROG_IDS = 16;
        static final int PROG_CNT = 24;

        private Attr() {}
    }

    /** {@code struct bpf_prog_info { __u32 type, id; __u8 tag[8]; …; char name[16]; … }}. */
    static final class Info {
        static final int SIZE = 80;
        static final int TAG = 8;
        static final int NAME = 64;

        private Info() {}
    }

    static {
        Binding.bind(Libc.class);
    }

    private static final class Libc {
        /** SYS_bpf. */
        static native long syscall(long number, int command, Pointer attributes, int size);
    }

    @Override
    public Fd load(byte[] instructions) {
        try (Scratch scratch = new Scratch()) {
            Pointer program = scratch.bytes(instructions.length);
            program.write(0, instructions, 0, instructions.length);
            Pointer attributes = scratch.zeroed(Attr.SIZE);
            attributes.setInt(0, BpfHeader.BPF_PROG_TYPE_CGROUP_DEVICE);
            attributes.setInt(Attr.INSN_CNT, instructions.length / INSTRUCTION_BYTES);
            attributes.setPointer(Attr.INSNS, program);
            attributes.setPointer(Attr.LICENSE, scratch.text("Apache-2.0"));
            byte[] name = NAME.getBytes(StandardCharsets.US_ASCII);
            attributes.write(Attr.PROG_NAME, name, 0, name.length);
            return FileCalls.owned(call(BpfHeader.BPF_PROG_LOAD, "BPF_PROG_LOAD", attributes));
        }
    }

    @Override
    public String tag(Fd program) {
        return HexFormat.of().formatHex(info(program, Info.TAG, TAG_BYTES));
    }

    private static byte[] info(Fd program, int offset, int length) {
        try (Scratch scratch = new Scratch()) {
            Pointer info = scratch.zeroed(Info.SIZE);
            Pointer attributes = scratch.zeroed(Attr.SIZE);
            attributes.setInt(0, program.number());
            attributes.setInt(Attr.INFO_LEN, Info.SIZE);
            attributes.setPointer(Attr.INFO, info);
            call(BpfHeader.BPF_OBJ_GET_INFO_BY_FD, "BPF_OBJ_GET_INFO_BY_FD, " + program, attributes);
            return info.getByteArray(offset, length);
        }
    }

    @Override
    public void attach(Fd program, Path group) {
        change(BpfHeader.BPF_PROG_ATTACH, "BPF_PROG_ATTACH", program, group, BpfHeader.BPF_F_ALLOW_MULTI);
    }

    @Override
    public void detachOthers(Fd program, Path group) {
        String kept = tag(program);
        forEachOn(group, other -> {
            byte[] name = info(other, Info.NAME, NAME.length());
            if (new String(name, StandardCharsets.US_ASCII).equals(NAME)
                    && !tag(other).equals(kept)) {
                change(BpfHeader.BPF_PROG_DETACH, "BPF_PROG_DETACH", other, group, 0);
            }
        });
    }

    private static void change(int command, String word, Fd program, Path group, int flags) {
        try (Fd directory = open(group);
                Scratch scratch = new Scratch()) {
            Pointer attributes = scratch.zeroed(Attr.SIZE);
            attributes.setInt(0, directory.number());
            attributes.setInt(Attr.ATTACH_BPF_FD, program.number());
            attributes.setInt(Attr.ATTACH_TYPE, BpfHeader.BPF_CGROUP_DEVICE);
            attributes.setInt(Attr.ATTACH_FLAGS, flags);
            call(command, word + ", " + group, attributes);
        }
    }

    @Override
    public List<String> tags(Path group) {
        List<String> tags = new ArrayList<>();
        forEachOn(group, program -> tags.add(tag(program)));
        return tags;
    }

    private static void forEachOn(Path group, Consumer<Fd> look) {
        for (int id : programs(group)) {
            try (Fd program = byId(id)) {
                look.accept(program);
            } catch (ErrnoException e) {
                // Detached since, by somebody else.
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
            }
        }
    }

    private static int[] programs(Path group) {
        try (Fd directory = open(group);
                Scratch scratch = new Scratch()) {
            Pointer ids = scratch.zeroed((long) MOST_PROGRAMS * Integer.BYTES);
            Pointer attributes = scratch.zeroed(Attr.SIZE);
            attributes.setInt(0, directory.number());
            attributes.setInt(Attr.QUERY_ATTACH_TYPE, BpfHeader.BPF_CGROUP_DEVICE);
            attributes.setPointer(Attr.PROG_IDS, ids);
            attributes.setInt(Attr.PROG_CNT, MOST_PROGRAMS);
            call(BpfHeader.BPF_PROG_QUERY, "BPF_PROG_QUERY, " + group, attributes);
            return ids.getIntArray(0, attributes.getInt(Attr.PROG_CNT));
        }
    }

    private static Fd byId(int id) {
        try (Scratch scratch = new Scratch()) {
            Pointer attributes = scratch.zeroed(Attr.SIZE);
            attributes.setInt(0, id);
            return FileCalls.owned(call(BpfHeader.BPF_PROG_GET_FD_BY_ID, "BPF_PROG_GET_FD_BY_ID, " + id, attributes));
        }
    }

    private static Fd open(Path group) {
        return FileCalls.open(group, EnumSet.of(OpenFlag.DIRECTORY));
    }

    private static long call(int command, String subject, Pointer attributes) {
        return Checked.call("bpf", subject, () -> Libc.syscall(SyscallHeader.SYS_bpf, command, attributes, Attr.SIZE));
    }
}
