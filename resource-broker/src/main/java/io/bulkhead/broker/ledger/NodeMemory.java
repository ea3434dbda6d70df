package io.bulkhead.broker.ledger;

import io.bulkhead.contract.hardware.NodeSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Books memory to nodes. A slice that may take its memory from several nodes, and the host's reserve, which may be
 * anywhere, are moved to other nodes of theirs where that makes room: shortest augmenting paths, lowest nodes first, so
 * that room is found whenever there is some and the same books give the same entries.
 */
final class NodeMemory {
    private final Posting posting;
    private final List<Integer> nodes;
    private final Function<Account, NodeSet> allowed;

    /** A step of a path: from this node an account's memory moves on. */
    private record Step(int from, Account account) {}

    /**
     * @param posting what moves
     * @param nodes all nodes on the books, ascending
     * @param allowed where an account's memory may be; empty for one that must not be moved
     */
    NodeMemory(Posting posting, List<Integer> nodes, Function<Account, NodeSet> allowed) {
        this.posting = posting;
        this.nodes = nodes;
        this.allowed = allowed;
    }

    /**
     * Gives an account more memory.
     *
     * @return how many bytes there was no room for
     */
    long give(Account account, NodeSet on, long bytes) {
        long left = bytes;
        while (left > 0) {
            Map<Integer, Step> steps = new HashMap<>();
            int end = search(account, on, steps);
            if (end < 0) {
                return left;
            }
            left -= shift(account, end, steps, left);
        }
        return 0;
    }

    /** The nearest node with free memory, with the steps that lead to it; -1 for none. */
    private int search(Account account, NodeSet on, Map<Integer, Step> steps) {
        Deque<Integer> open = new ArrayDeque<>();
        for (int node : nodes) {
            if (on.contains(node)) {
                steps.put(node, new Step(-1, account));
                open.add(node);
            }
        }
        List<Account> others = posting.accounts().stream()
                .filter(other -> isMovable(other, account))
                .toList();
        while (!open.isEmpty()) {
            int node = open.remove();
            if (free(node) > 0) {
                return node;
            }
            for (Account other : others) {
                if (posting.of(other, ResourceKey.memory(node)) > 0) {
                    for (int next : allowed.apply(other).ids()) {
                        if (nodes.contains(next) && steps.putIfAbsent(next, new Step(node, other)) == null) {
                            open.add(next);
                        }
                    }
                }
            }
        }
        return -1;
    }

    private static boolean isMovable(Account other, Account receiver) {
        return !other.equals(Account.HARDWARE) && !other.equals(Account.FREE) && !other.equals(receiver);
    }

    private long free(int node) {
        return posting.of(Account.FREE, ResourceKey.memory(node));
    }

    /** Moves what the narrowest step lets through, from the far end on; returns how much. */
    private long shift(Account account, int end, Map<Integer, Step> steps, long wanted) {
        long amount = Math.min(wanted, free(end));
        for (int node = end;
                step(steps, node).from() >= 0;
                node = step(steps, node).from()) {
            Step step = step(steps, node);
            amount = Math.min(amount, posting.of(step.account(), ResourceKey.memory(step.from())));
        }
        int node = end;
        while (step(steps, node).from() >= 0) {
            Step step = step(steps, node);
            posting.move(Account.FREE, step.account(), ResourceKey.memory(node), amount);
            posting.move(step.account(), Account.FREE, ResourceKey.memory(step.from()), amount);
            node = step.from();
        }
        posting.move(Account.FREE, account, ResourceKey.memory(node), amount);
        return amount;
    }

    private static Step step(Map<Integer, Step> steps, int node) {
        Step step = steps.get(node);
        if (step == null) {
            throw new IllegalStateException("node " + node + " is on no path");
        }
        return step;
    }
}
