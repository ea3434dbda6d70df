package io.bulkhead.manager.network;

import io.bulkhead.manager.sys.NetlinkFamily;
import io.bulkhead.manager.sys.Syscalls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads queueing disciplines, their filters and the generation of the packet filter from the kernel: rtnetlink(7),
 * linux/pkt_sched.h, linux/netfilter/nf_tables.h. Some ten microseconds a question, so that it can be asked each second.
 * Safe for any thread in the host's network namespace.
 */
final class Netlink {
    private static final int HEADER = 16;
    private static final short REQUEST = 1;
    private static final short DUMP = 0x300;
    private static final int ERROR = 2;
    private static final int DONE = 3;

    private static final short GET_QDISC = 38;
    private static final short GET_FILTER = 46;
    private static final short GET_RULES_GENERATION = 10 << 8 | 16;

    private static final int ROOT = 0xFFFF_FFFF;
    private static final int INGRESS = 0xFFFF_0000;
    private static final int TC_MESSAGE = 20;

    private static final int KIND = 1;
    private static final int OPTIONS = 2;
    private static final int TBF_PARAMETERS = 1;
    private static final int TBF_RATE64 = 4;
    private static final int U32_ACTIONS = 7;
    private static final int ACTION_OPTIONS = 2;
    private static final int MIRRED_PARAMETERS = 2;
    private static final int MIRRED_DEVICE = 24;
    /** Attributes nest by this bit in their type; linux/netlink.h. */
    private static final int TYPE_MASK = 0x3FFF;

    private final Syscalls sys;

    Netlink(Syscalls sys) {
        this.sys = sys;
    }

    /** How many bits per second the discipline at the root of an interface lets go; empty where that is no tc-tbf(8). */
    OptionalLong rootRate(int device) {
        for (ByteBuffer message : ask(GET_QDISC, device, 0)) {
            int of = message.getInt(HEADER + 4);
            int parent = message.getInt(HEADER + 12);
            if (of != device || parent != ROOT) {
                continue;
            }
            List<Attribute> attributes = attributes(message, HEADER + TC_MESSAGE, message.limit());
            if (text(attributes).equals(Optional.of("tbf"))) {
                return find(attributes, OPTIONS).map(this::tbfRate).orElse(OptionalLong.empty());
            }
        }
        return OptionalLong.empty();
    }

    private OptionalLong tbfRate(Attribute options) {
        List<Attribute> inside = options.nested();
        Optional<Attribute> wide = find(inside, TBF_RATE64);
        if (wide.isPresent()) {
            return OptionalLong.of(wide.get().bytes().getLong(wide.get().start()) * 8);
        }
        // struct tc_tbf_qopt begins with struct tc_ratespec, whose last 4 bytes of 12 are bytes per second.
        return find(inside, TBF_PARAMETERS)
                .map(found ->
                        OptionalLong.of(Integer.toUnsignedLong(found.bytes().getInt(found.start() + 8)) * 8))
                .orElse(OptionalLong.empty());
    }

    /** Which interface everything that comes in by one is led through; empty where nothing is. */
    Optional<Integer> redirectedTo(int device) {
        for (ByteBuffer message : ask(GET_FILTER, device, INGRESS)) {
            List<Attribute> attributes = attributes(message, HEADER + TC_MESSAGE, message.limit());
            if (!text(attributes).equals(Optional.of("u32"))) {
                continue;
            }
            Optional<Integer> target = find(attributes, OPTIONS)
                    .flatMap(options -> find(options.nested(), U32_ACTIONS))
                    .flatMap(actions -> actions.nested().stream().findFirst())
                    .filter(action -> text(action.nested()).equals(Optional.of("mirred")))
                    .flatMap(action -> find(action.nested(), ACTION_OPTIONS))
                    .flatMap(options -> find(options.nested(), MIRRED_PARAMETERS))
                    .map(mirred -> mirred.bytes().getInt(mirred.start() + MIRRED_DEVICE));
            if (target.isPresent()) {
                return target;
            }
        }
        return Optional.empty();
    }

    /** A number that changes whenever anybody changes a rule of any packet filter; linux/netfilter/nf_tables.h. */
    long rulesGeneration() {
        ByteBuffer request = message(HEADER + 4, GET_RULES_GENERATION, REQUEST);
        for (ByteBuffer message : answer(NetlinkFamily.NETFILTER, request)) {
            for (Attribute attribute : attributes(message, HEADER + 4, message.limit())) {
                if (attribute.type() == 1) {
                    return Integer.toUnsignedLong(
                            Integer.reverseBytes(attribute.bytes().getInt(attribute.start())));
                }
            }
        }
        throw new NetworkException("the kernel has no nf_tables");
    }

    private List<ByteBuffer> ask(short type, int device, int parent) {
        ByteBuffer request = message(HEADER + TC_MESSAGE, type, (short) (REQUEST | DUMP));
        request.putInt(HEADER + 4, device);
        request.putInt(HEADER + 12, parent);
        return answer(NetlinkFamily.ROUTE, request);
    }

    private static ByteBuffer message(int length, short type, short flags) {
        ByteBuffer request = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        request.putInt(0, length).putShort(4, type).putShort(6, flags);
        return request;
    }

    private List<ByteBuffer> answer(NetlinkFamily family, ByteBuffer request) {
        byte[] question = new byte[request.capacity()];
        request.get(0, question);
        byte[] all = sys.askNetlink(family, question);
        List<ByteBuffer> messages = new ArrayList<>();
        ByteBuffer whole = ByteBuffer.wrap(all).order(ByteOrder.nativeOrder());
        for (int at = 0; at + HEADER <= all.length; ) {
            int length = whole.getInt(at);
            int type = Short.toUnsignedInt(whole.getShort(at + 4));
            if (length < HEADER || at + length > all.length) {
                throw new NetworkException("the kernel's answer by netlink is not understood");
            }
            if (type == ERROR) {
                int errno = -whole.getInt(at + HEADER);
                if (errno != 0) {
                    throw new NetworkException("the kernel refuses a question by netlink: error " + errno);
                }
            } else if (type != DONE) {
                messages.add(ByteBuffer.wrap(all, at, length).slice().order(ByteOrder.nativeOrder()));
            }
            at += (length + 3) & ~3;
        }
        return messages;
    }

    /**
     * An attribute; netlink(7).
     *
     * @param start of its value in the message
     */
    private record Attribute(int type, ByteBuffer bytes, int start, int end) {
        List<Attribute> nested() {
            return attributes(bytes, start, end);
        }
    }

    private static List<Attribute> attributes(ByteBuffer bytes, int from, int to) {
        List<Attribute> found = new ArrayList<>();
        for (int at = from; at + 4 <= to; ) {
            int length = Short.toUnsignedInt(bytes.getShort(at));
            if (length < 4 || at + length > to) {
                break;
            }
            int type = Short.toUnsignedInt(bytes.getShort(at + 2)) & TYPE_MASK;
            found.add(new Attribute(type, bytes, at + 4, at + length));
            at += (length + 3) & ~3;
        }
        return found;
    }

    private static Optional<Attribute> find(List<Attribute> attributes, int type) {
        return attributes.stream().filter(each -> each.type() == type).findFirst();
    }

    /** The word in a {@code KIND}. */
    private static Optional<String> text(List<Attribute> attributes) {
        return find(attributes, KIND).map(kind -> {
            StringBuilder text = new StringBuilder();
            for (int at = kind.start(); at < kind.end() && kind.bytes().get(at) != 0; at++) {
                text.append((char) kind.bytes().get(at));
            }
            return text.toString();
        });
    }
}
