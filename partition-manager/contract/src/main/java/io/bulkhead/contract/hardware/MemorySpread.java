package io.bulkhead.contract.hardware;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the memory of many owners lies on the NUMA nodes that each of them may have it from, to the byte.
 *
 * <p>An owner that is added lies on its nodes in the order in which it names them. Where these are full of what could lie
 * elsewhere, that is moved there: an owner is refused only where no arrangement of all of them exists (the augmenting
 * paths of Ford and Fulkerson). The same calls give the same arrangement. For one thread.
 *
 * <p>The kernel holds an owner to its nodes (cpuset(7), {@code cpuset.mems}), not to the share of each: the arrangement of
 * an owner of several nodes says that there is room, not which page lies where.
 */
public final class MemorySpread {
    private final int[] ids;
    private final long[] free;
    private final List<long[]> shares = new ArrayList<>();
    private final List<int[]> allowed = new ArrayList<>();

    /**
     * Nodes of which nobody has anything yet.
     *
     * @param bytesOfNode what each has, 0 or more
     */
    public MemorySpread(Map<Integer, Long> bytesOfNode) {
        TreeMap<Integer, Long> sorted = new TreeMap<>(bytesOfNode);
        ids = sorted.keySet().stream().mapToInt(Integer::intValue).toArray();
        free = sorted.values().stream().mapToLong(Long::longValue).toArray();
        for (long bytes : free) {
            if (bytes < 0) {
                throw new IllegalArgumentException("a node cannot have " + bytes + " bytes");
            }
        }
    }

    /** One that is arranged like another, and goes its own way from here. */
    public MemorySpread(MemorySpread other) {
        ids = other.ids;
        free = other.free.clone();
        allowed.addAll(other.allowed);
        shares.addAll(copyOf(other.shares, allowed));
    }

    /**
     * Adds an owner if there is room for all of it; otherwise nothing changes.
     *
     * @param nodes where its memory may lie, the best first; those that are not here count as empty
     * @param bytes how much, 0 or more
     * @return whether there was room
     */
    public boolean add(List<Integer> nodes, long bytes) {
        return place(nodes, bytes, true) == 0;
    }

    /**
     * Adds as much of an owner as there is room for.
     *
     * @return the bytes for which there was none
     */
    public long addWhatFits(List<Integer> nodes, long bytes) {
        return place(nodes, bytes, false);
    }

    private long place(List<Integer> nodes, long bytes, boolean allOrNothing) {
        int[] places = nodes.stream()
                .mapToInt(this::index)
                .filter(place -> place >= 0)
                .distinct()
                .toArray();
        long[] before = free.clone();
        long[] share = new long[ids.length];
        long left = bytes;
        for (int place : places) {
            long piece = Math.min(left, free[place]);
            share[place] += piece;
            free[place] -= piece;
            left -= piece;
        }
        List<long[]> sharesBefore = left > 0 && allOrNothing ? copyOf(shares, allowed) : List.of();
        shares.add(share);
        allowed.add(places);
        while (left > 0) {
            long moved = augment(shares.size() - 1, left);
            if (moved == 0) {
                break;
            }
            left -= moved;
        }
        if (left > 0 && allOrNothing) {
            System.arraycopy(before, 0, free, 0, free.length);
            shares.clear();
            shares.addAll(sharesBefore);
            allowed.remove(allowed.size() - 1);
        }
        return left;
    }

    /** Moves what lies in the way to where it may lie too, along one path; how many bytes that won. */
    private long augment(int owner, long wanted) {
        int[] cameBy = new int[ids.length];
        int[] cameFrom = new int[ids.length];
        boolean[] seen = new boolean[ids.length];
        Deque<Integer> queue = new ArrayDeque<>();
        for (int place : allowed.get(owner)) {
            seen[place] = true;
            cameBy[place] = owner;
            cameFrom[place] = -1;
            queue.add(place);
        }
        while (!queue.isEmpty()) {
            int place = queue.remove();
            if (free[place] > 0) {
                return shift(place, wanted, cameBy, cameFrom);
            }
            for (int other = 0; other < shares.size(); other++) {
                if (other != owner && allowed.get(other).length > 1 && shares.get(other)[place] > 0) {
                    for (int next : allowed.get(other)) {
                        if (!seen[next]) {
                            seen[next] = true;
                            cameBy[next] = other;
                            cameFrom[next] = place;
                            queue.add(next);
                        }
                    }
                }
            }
        }
        return 0;
    }

    private long shift(int end, long wanted, int[] cameBy, int[] cameFrom) {
        long most = Math.min(wanted, free[end]);
        for (int place = end; cameFrom[place] >= 0; place = cameFrom[place]) {
            most = Math.min(most, shares.get(cameBy[place])[cameFrom[place]]);
        }
        free[end] -= most;
        for (int place = end; place >= 0; place = cameFrom[place]) {
            shares.get(cameBy[place])[place] += most;
            if (cameFrom[place] >= 0) {
                shares.get(cameBy[place])[cameFrom[place]] -= most;
            }
        }
        return most;
    }

    /** How many owners there are. */
    public int owners() {
        return shares.size();
    }

    /** What an owner has of each node where it has something, by the order in which it came, from 0. */
    public Map<Integer, Long> share(int owner) {
        Map<Integer, Long> share = new TreeMap<>();
        for (int place = 0; place < ids.length; place++) {
            if (shares.get(owner)[place] > 0) {
                share.put(ids[place], shares.get(owner)[place]);
            }
        }
        return share;
    }

    /** What nobody has of a node; 0 of one that is not here. */
    public long free(int node) {
        int place = index(node);
        return place < 0 ? 0 : free[place];
    }

    /** What nobody has of all nodes together. */
    public long free() {
        return Arrays.stream(free).sum();
    }

    /** How much one more owner of these nodes could have at most. */
    public long room(List<Integer> nodes) {
        MemorySpread trial = new MemorySpread(this);
        long most = free();
        return most - trial.addWhatFits(nodes, most);
    }

    private int index(int node) {
        int place = Arrays.binarySearch(ids, node);
        return Math.max(place, -1);
    }

    /** What an owner of one node has never changes again, and needs no copy. */
    private static List<long[]> copyOf(List<long[]> shares, List<int[]> allowed) {
        List<long[]> copy = new ArrayList<>(shares.size());
        for (int owner = 0; owner < shares.size(); owner++) {
            copy.add(allowed.get(owner).length > 1 ? shares.get(owner).clone() : shares.get(owner));
        }
        return copy;
    }
}
