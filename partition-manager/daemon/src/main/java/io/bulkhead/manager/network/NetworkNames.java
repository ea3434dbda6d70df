package io.bulkhead.manager.network;

import io.bulkhead.contract.partition.InstanceName;
import io.bulkhead.contract.partition.Ipv4Address;
import io.bulkhead.contract.partition.Ipv4Subnet;
import io.bulkhead.contract.partition.PartitionName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the kernel's objects of an instance are called. An interface's name has 15 characters (netdevice(7)), too few for
 * ours, so links carry a short hash of the instance and the number of their address, and the whole truth as their alias:
 * {@code bulkhead/INSTANCE/PARTITION}, which {@code ip link} shows. Pure; any thread.
 */
public final class NetworkNames {
    private static final int LONGEST = 15;
    private static final int TAG = 6;

    private final InstanceName instance;
    private final Ipv4Subnet subnet;
    private final String tag;

    public NetworkNames(InstanceName instance, Ipv4Subnet subnet) {
        this.instance = instance;
        this.subnet = subnet;
        this.tag = HexFormat.of().formatHex(hash(instance.value())).substring(0, TAG);
    }

    /** The tables of the packet filter: a word that no firewall of a host has for its own. */
    public String table() {
        return "bulkhead-" + instance;
    }

    /** The bridge. */
    public String bridge() {
        String whole = "bh-" + instance;
        return whole.length() <= LONGEST ? whole : whole.substring(0, LONGEST - TAG - 1) + "-" + tag;
    }

    /** What the names of all links to partitions begin with. */
    String linkPrefix() {
        return "bh" + tag + "v";
    }

    /** What the names of all interfaces begin with that hold back what partitions send. */
    String shaperPrefix() {
        return "bh" + tag + "i";
    }

    /** The host's end of a partition's link. */
    String link(Ipv4Address address) {
        return linkPrefix() + number(address);
    }

    /** What holds back what the partition sends. */
    String shaper(Ipv4Address address) {
        return shaperPrefix() + number(address);
    }

    private String number(Ipv4Address address) {
        return HexFormat.of().toHexDigits(subnet.numberOf(address), 4);
    }

    /** The alias of whatever all partitions share. */
    String alias() {
        return "bulkhead/" + instance;
    }

    /** The alias of what is a partition's. */
    String alias(PartitionName partition) {
        return alias() + "/" + partition;
    }

    /** The host's address on the bridge. */
    Ipv4Address host() {
        return subnet.at(1);
    }

    Ipv4Subnet subnet() {
        return subnet;
    }

    /** A partition's hardware address: locally administered, the same as long as it is defined; RFC 7042. */
    String hardwareAddress(PartitionName partition) {
        return hardwareAddress(instance + "/" + partition);
    }

    /** The bridge's own; without one it would change with its ports. */
    String hardwareAddress() {
        return hardwareAddress(instance.value());
    }

    private static String hardwareAddress(String of) {
        return "02:" + HexFormat.ofDelimiter(":").formatHex(hash(of), 0, 5);
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
