package io.bulkhead.manager.hardening;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which device nodes a partition may open, as a program for the kernel: the standard ones that its /dev has, and terminals.
 * admin-guide/devices.txt; cgroup-v2.rst "Device controller"; linux/bpf.h struct bpf_cgroup_dev_ctx. Pure.
 */
final class DevicePolicy {
    /** The numbers of a device. */
    record Node(int major, int minor) {}

    private static final int ANY = -1;

    static final List<Node> ALLOWED = List.of(
            new Node(1, 3), // null
            new Node(1, 5), // zero
            new Node(1, 7), // full
            new Node(1, 8), // random
            new Node(1, 9), // urandom
            new Node(5, 0), // tty
            new Node(5, 1), // console
            new Node(5, 2), // ptmx
            new Node(136, ANY)); // pts/*

    // struct bpf_cgroup_dev_ctx { __u32 access_type; __u32 major; __u32 minor; }, access_type is access << 16 | type
    private static final int ACCESS_TYPE = 0;
    private static final int MAJOR = 4;
    private static final int MINOR = 8;
    private static final int TYPE_MASK = 0xFFFF;
    private static final int BPF_DEVCG_DEV_BLOCK = 1;
    private static final int BPF_DEVCG_DEV_CHAR = 2;

    // Registers: 1 the context, 0 the answer.
    private static final int TYPE_REGISTER = 2;
    private static final int MAJOR_REGISTER = 3;
    private static final int MINOR_REGISTER = 4;

    // BPF_LDX | BPF_MEM | BPF_W, BPF_ALU64 | BPF_AND | BPF_K, …
    private static final int LOAD_WORD = 0x61;
    private static final int AND = 0x57;
    private static final int JUMP_IF_UNLIKE = 0x55;
    private static final int MOVE = 0xb7;
    private static final int EXIT = 0x95;

    private record Instruction(int code, int into, int from, int offset, int value) {}

    private DevicePolicy() {}

    /**
     * The instructions, in the order of this machine's bytes.
     *
     * @param disks block devices that may be opened besides, as {@code 8:16}; empty for none
     */
    static byte[] program(Collection<String> disks) {
        List<Instruction> program = new ArrayList<>();
        program.add(new Instruction(LOAD_WORD, TYPE_REGISTER, 1, ACCESS_TYPE, 0));
        program.add(new Instruction(AND, TYPE_REGISTER, 0, 0, TYPE_MASK));
        program.add(new Instruction(LOAD_WORD, MAJOR_REGISTER, 1, MAJOR, 0));
        program.add(new Instruction(LOAD_WORD, MINOR_REGISTER, 1, MINOR, 0));
        List<Instruction> characters = nodes(ALLOWED);
        program.add(new Instruction(JUMP_IF_UNLIKE, TYPE_REGISTER, 0, characters.size(), BPF_DEVCG_DEV_CHAR));
        program.addAll(characters);
        List<Instruction> blocks =
                nodes(disks.stream().sorted().map(DevicePolicy::node).toList());
        program.add(new Instruction(JUMP_IF_UNLIKE, TYPE_REGISTER, 0, blocks.size(), BPF_DEVCG_DEV_BLOCK));
        program.addAll(blocks);
        answer(program, 0);
        return bytes(program);
    }

    private static Node node(String number) {
        int colon = number.indexOf(':');
        return new Node(Integer.parseInt(number.substring(0, colon)), Integer.parseInt(number.substring(colon + 1)));
    }

    private static List<Instruction> nodes(List<Node> allowed) {
        List<Instruction> nodes = new ArrayList<>();
        for (Node node : allowed) {
            boolean any = node.minor() == ANY;
            // To the next node, beyond the answer yes.
            nodes.add(new Instruction(JUMP_IF_UNLIKE, MAJOR_REGISTER, 0, any ? 2 : 3, node.major()));
            if (!any) {
                nodes.add(new Instruction(JUMP_IF_UNLIKE, MINOR_REGISTER, 0, 2, node.minor()));
            }
            answer(nodes, 1);
        }
        return nodes;
    }

    private static void answer(List<Instruction> program, int answer) {
        program.add(new Instruction(MOVE, 0, 0, 0, answer));
        program.add(new Instruction(EXIT, 0, 0, 0, 0));
    }

    /** {@code struct bpf_insn { __u8 code; __u8 dst_reg:4, src_reg:4; __s16 off; __s32 imm; }}. */
    private static byte[] bytes(List<Instruction> program) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.nativeOrder());
        for (Instruction each : program) {
            int registers = little ? each.into() | each.from() << 4 : each.into() << 4 | each.from();
            bytes.put((byte) each.code())
                    .put((byte) registers)
                    .putShort((short) each.offset())
                    .putInt(each.value());
        }
        return bytes.array();
    }
}
