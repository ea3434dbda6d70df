package io.bulkhead.harness.acceptance;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Builds frames of Ethernet, right ones and wrong ones, each with a word in it by which it is known wherever it arrives. As
 * hexadecimal text. RFC 826, 791, 768, 4861, 2131; IEEE 802.1Q.
 */
final class Frames {
    static final String BROADCAST = "ff:ff:ff:ff:ff:ff";
    static final int REQUEST = 1;
    static final int REPLY = 2;

    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int UDP = 17;
    private static final int PORT = 9999;

    private Frames() {}

    /** A frame of any kind. */
    static String of(String to, String from, int type, byte[] content) {
        return hex(mac(to), mac(from), number(type, 2), content);
    }

    static String of(String to, String from, int type, String word) {
        return of(to, from, type, word(word));
    }

    /**
     * An ARP message.
     *
     * @param operation {@link #REQUEST} or {@link #REPLY}
     * @param sender whose hardware address it says is that of {@code senderAddress}
     */
    static String arp(
            String to,
            String from,
            int operation,
            String sender,
            String senderAddress,
            String targetAddress,
            String word) {
        return of(
                to,
                from,
                ARP,
                join(
                        HexFormat.of().parseHex("0001080006040" + "00" + operation),
                        mac(sender),
                        ip(senderAddress),
                        mac(to),
                        ip(targetAddress),
                        // Behind the message, where a short frame is filled up.
                        word(word)));
    }

    /** A datagram. */
    static String udp(String to, String from, String fromAddress, String toAddress, String word) {
        return udp(to, from, fromAddress, PORT, toAddress, PORT, word);
    }

    static String udp(
            String to, String from, String fromAddress, int fromPort, String toAddress, int toPort, String word) {
        return of(to, from, IPV4, datagram(fromAddress, fromPort, toAddress, toPort, word));
    }

    /** A datagram behind one or more tags of VLANs, each a type and a number. */
    static String tagged(String to, String from, String fromAddress, String toAddress, String word, int... tags) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 1; i < tags.length; i++) {
            content.writeBytes(number(tags[i], 2));
        }
        content.writeBytes(number(IPV4, 2));
        content.writeBytes(datagram(fromAddress, PORT, toAddress, PORT, word));
        return of(to, from, tags[0], content.toByteArray());
    }

    private static byte[] datagram(String from, int fromPort, String to, int toPort, String word) {
        byte[] text = word(word);
        byte[] header = join(
                HexFormat.of().parseHex("4500"),
                number(20 + 8 + text.length, 2),
                HexFormat.of().parseHex("0000" + "4000" + "40"),
                number(UDP, 1),
                number(0, 2),
                ip(from),
                ip(to));
        ByteBuffer.wrap(header).putShort(10, (short) checksum(header));
        // No checksum of its own, which UDP of IPv4 allows.
        return join(header, number(fromPort, 2), number(toPort, 2), number(8 + text.length, 2), number(0, 2), text);
    }

    /** A router's advertisement of IPv6 to all nodes, from the link-local address {@code fe80::1}. */
    static String routerAdvertisement(String from, String word) {
        byte[] body = join(
                HexFormat.of().parseHex("86000000" + "40000708" + "00000000" + "00000000"),
                // An option that nobody knows, RFC 4727: type, length in units of 8 bytes.
                HexFormat.of().parseHex("fd03"),
                padded(word(word), 22));
        return ipv6("33:33:00:00:00:01", from, body);
    }

    /** A packet of ICMPv6 from fe80::1 to ff02::1, with its checksum; RFC 4443. */
    static String ipv6(String to, String from, byte[] icmp) {
        byte[] addresses = HexFormat.of().parseHex("fe80" + "0".repeat(27) + "1" + "ff02" + "0".repeat(27) + "1");
        byte[] pseudo = join(addresses, number(icmp.length, 4), number(58, 4), icmp);
        ByteBuffer.wrap(icmp).putShort(2, (short) checksum(pseudo));
        return of(
                to,
                from,
                IPV6,
                join(
                        HexFormat.of().parseHex("60000000"),
                        number(icmp.length, 2),
                        HexFormat.of().parseHex("3aff"),
                        addresses,
                        icmp));
    }

    private static int checksum(byte[] bytes) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    static byte[] word(String word) {
        return (word + ".").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] padded(byte[] bytes, int length) {
        return ByteBuffer.allocate(length).put(bytes).array();
    }

    private static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    private static byte[] ip(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(4);
        for (String part : text.split("\\.")) {
            bytes.put((byte) Integer.parseInt(part));
        }
        return bytes.array();
    }

    private static byte[] number(int value, int length) {
        byte[] all = ByteBuffer.allocate(4).putInt(value).array();
        return java.util.Arrays.copyOfRange(all, 4 - length, 4);
    }

    private static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    private static String hex(byte[]... pieces) {
        return HexFormat.of().formatHex(join(pieces));
    }
}
