package io.bulkhead.manager.restraint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is put onto process 1 before it runs, and onto every command beside it. Immutable.
 *
 * @param filter the program of system calls, struct sock_filter after struct sock_filter, in hexadecimal
 * @param dropped capabilities that nobody inside can ever have
 * @param kernelObjects limits by their file in /proc/sys/user
 * @param skipped calls of the list that this host's libseccomp does not know
 */
public record Restraints(
        String filter, List<Capability> dropped, Map<String, Long> kernelObjects, List<String> skipped) {
    private static final int HEX_PER_INSTRUCTION = 16;

    public Restraints {
        if (filter.isEmpty() || filter.length() % HEX_PER_INSTRUCTION != 0) {
            throw new IllegalArgumentException("a filter is whole instructions, at least one");
        }
        dropped = List.copyOf(new TreeSet<>(dropped));
        kernelObjects = Map.copyOf(kernelObjects);
        skipped = List.copyOf(skipped);
    }

    static Restraints of(
            byte[] program, Collection<Capability> dropped, Map<String, Long> kernelObjects, List<String> skipped) {
        return new Restraints(HexFormat.of().formatHex(program), List.copyOf(dropped), kernelObjects, skipped);
    }

    /** How long the filter is. */
    public int instructions() {
        return filter.length() / HEX_PER_INSTRUCTION;
    }

    /** Tells filters from one another. */
    public String digest() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(filter.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** For the programs that put it on: the filter, the numbers of what is dropped, the limits as {@code name=value}. */
    public List<String> words() {
        return List.of(
                filter,
                dropped.stream().map(each -> Integer.toString(each.number())).collect(Collectors.joining(",")),
                new TreeMap<>(kernelObjects)
                        .entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue())
                                .collect(Collectors.joining(",")));
    }
}
