package io.bulkhead.broker.placement;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.hardware.NodeSet;
import io.bulkhead.contract.hardware.Topology.CoreType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The wording of refusals. */
final class Words {
    /** How many holders a sentence names; the list of holders has them all. */
    private static final int MOST_NAMED = 5;

    /**
     * What one holder has of something that is short.
     *
     * @param holder a partition's name or words for the host
     * @param amount as text
     * @param one whether the amount takes the singular
     */
    record Share(String holder, String amount, boolean one) {}

    private Words() {}

    /** "CPU 1" or "CPUs 1-3". */
    static String cpus(CpuSet cpus) {
        return (cpus.size() == 1 ? "CPU " : "CPUs ") + cpus;
    }

    /** "1 CPU" or "3 CPUs". */
    static String cpuCount(int count) {
        return count + (count == 1 ? " CPU" : " CPUs");
    }

    /** "1 whole core" or "2 whole cores". */
    static String coreCount(int count) {
        return count + (count == 1 ? " whole core" : " whole cores");
    }

    /** "needs …; … is free, … is held by …, … by …". */
    static String shortage(String needed, Share free, List<Share> shares) {
        StringBuilder text = new StringBuilder("needs ").append(needed).append("; ");
        text.append(free.amount()).append(free.one() ? " is free" : " are free");
        int named = Math.min(shares.size(), MOST_NAMED);
        for (int i = 0; i < named; i++) {
            // The last share is the host's where it has one, and always told.
            Share share = i == named - 1 ? shares.get(shares.size() - 1) : shares.get(i);
            text.append(", ").append(share.amount());
            text.append(i > 0 ? "" : share.one() ? " is held" : " are held");
            text.append(" by ").append(share.holder());
        }
        if (shares.size() > named) {
            text.append(", the rest by ").append(shares.size() - named).append(" others");
        }
        return text.toString();
    }

    /** "performance". */
    static String type(CoreType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** "0-1,4". */
    static String ids(List<Integer> ids) {
        return NodeSet.of(ids).toString();
    }

    /** "a", "a and b", "a, b and c". */
    static String list(List<String> names) {
        List<String> shown = new ArrayList<>(names);
        if (shown.size() == 1) {
            return shown.get(0);
        }
        String last = shown.remove(shown.size() - 1);
        return String.join(", ", shown) + " and " + last;
    }
}
