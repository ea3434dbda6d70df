package io.bulkhead.contract.partition;

import io.bulkhead.contract.unit.WireText;

/**
 * A block of IPv4 addresses; RFC 4632. Text: {@code 10.77.0.0/24}.
 *
 * @param base its lowest address, with no bit set behind the prefix
 * @param prefix how many leading bits all of it share, 0 to 32
 */
@WireText
public record Ipv4Subnet(Ipv4Address base, int prefix) {
    public Ipv4Subnet {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("a prefix has 0 to 32 bits: " + prefix);
        }
        if ((base.value() & ~mask(prefix)) != 0) {
            throw new IllegalArgumentException(base + "/" + prefix + " has bits set behind its prefix; write it like "
                    + new Ipv4Address(base.value() & mask(prefix)) + "/" + prefix);
        }
    }

    public static Ipv4Subnet parse(String text) {
        String[] words = text.strip().split("/", -1);
        if (words.length != 2 || !words[1].matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a block of addresses; write it like 10.77.0.0/24");
        }
        return new Ipv4Subnet(Ipv4Address.parse(words[0]), Integer.parseInt(words[1]));
    }

    /** Whether an address is in it, the first and the last one too. */
    public boolean contains(Ipv4Address address) {
        return (address.value() & mask(prefix)) == base.value();
    }

    /** Whether the two have an address in common. */
    public boolean overlaps(Ipv4Subnet other) {
        return prefix <= other.prefix ? contains(other.base) : other.contains(base);
    }

    /** The address that many above the lowest one. */
    public Ipv4Address at(long number) {
        if (number < 0 || number >= size()) {
            throw new IllegalArgumentException(this + " has no address number " + number);
        }
        return new Ipv4Address(base.value() + number);
    }

    /** How far an address of it is above the lowest one. */
    public long numberOf(Ipv4Address address) {
        if (!contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + this);
        }
        return address.value() - base.value();
    }

    /** How many addresses it has, the first and the last one too. */
    public long size() {
        return 1L << (32 - prefix);
    }

    private static long mask(int prefix) {
        return 0xFFFF_FFFFL << (32 - prefix) & 0xFFFF_FFFFL;
    }

    @Override
    public String toString() {
        return base + "/" + prefix;
    }
}
