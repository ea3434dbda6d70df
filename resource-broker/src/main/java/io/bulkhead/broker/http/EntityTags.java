package io.bulkhead.broker.http;

import io.bulkhead.broker.Precondition;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Entity tags of partitions, and the conditions of RFC 9110, section 13.
 *
 * <p>A tag stands for what somebody decides, and for where the partition is in its life: name, definition, slice, state and
 * its reason, process 1 and since when, uid range, generation, and what degrades it. It does not stand for what counts up by
 * itself: the console's offset and viewers, read-backs, isolation and intrusion.
 */
final class EntityTags {
    private static final List<String> COVERED = List.of(
            "name",
            "state",
            "reason",
            "degraded",
            "definition",
            "slice",
            "pid",
            "uidRange",
            "generation",
            "startedAtMillis");
    private static final Pattern LIST =
            Pattern.compile("\\s*(?:W/)?\"[\\x21\\x23-\\x7E]*\"\\s*(?:,\\s*(?:W/)?\"[\\x21\\x23-\\x7E]*\"\\s*)*");
    private static final int TAG_BYTES = 16;

    private EntityTags() {}

    /** The strong tag of a partition, quotes included. */
    static String of(PartitionStatus partition) {
        Json.Obj all = RecordCodec.encode(partition);
        Json.Obj covered = new Json.Obj(Map.of());
        for (String name : COVERED) {
            Json value = all.members().get(name);
            if (value != null) {
                covered = covered.with(name, value);
            }
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(covered.toString().getBytes(StandardCharsets.UTF_8));
            return '"' + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether the answer to a question is what the asker has already: {@code If-None-Match}. */
    static boolean isKnown(Exchange exchange, String tag) {
        return exchange.header("If-None-Match")
                .map(text -> text.strip().equals("*")
                        || tags("If-None-Match", text).stream()
                                .anyMatch(each -> each.equals(tag) || each.equals("W/" + tag)))
                .orElse(false);
    }

    /** The condition that {@code If-Match} and {@code If-None-Match} set on a change. */
    static Precondition of(Exchange exchange) {
        Optional<String> ifMatch = exchange.header("If-Match");
        Optional<String> ifNoneMatch = exchange.header("If-None-Match");
        if (ifMatch.isEmpty() && ifNoneMatch.isEmpty()) {
            return Precondition.NONE;
        }
        Optional<Condition> match = ifMatch.map(text -> Condition.of("If-Match", text));
        Optional<Condition> noneMatch = ifNoneMatch.map(text -> Condition.of("If-None-Match", text));
        return now -> {
            match.ifPresent(condition -> condition.require(now, true));
            noneMatch.ifPresent(condition -> condition.require(now, false));
        };
    }

    /** One of the two headers: any, or some tags. */
    private record Condition(String header, boolean any, List<String> tags) {
        static Condition of(String header, String text) {
            boolean any = text.strip().equals("*");
            return new Condition(header, any, any ? List.of() : EntityTags.tags(header, text));
        }

        /** Weak tags never match: they stand for less than what a change is made on. */
        void require(Optional<PartitionStatus> now, boolean wanted) {
            Optional<String> tag = now.map(EntityTags::of);
            boolean matches = tag.isPresent() && (any || tags.contains(tag.get()));
            if (matches != wanted) {
                throw Refusal.of(
                        ProblemCode.PRECONDITION_FAILED,
                        now.isEmpty()
                                ? header + " wants a partition that is there; there is none of that name"
                                : "the partition " + now.get().name() + " has the tag " + tag.orElse("") + ", which "
                                        + header + " does not let pass",
                        "get it again, look at what has changed, and decide anew");
            }
        }
    }

    private static List<String> tags(String header, String text) {
        if (!LIST.matcher(text).matches()) {
            throw Refusal.of(
                    ProblemCode.INVALID_REQUEST,
                    header + " holds no list of entity tags: '" + text + "'",
                    "write it as the ETag was, with its quotes, or write *");
        }
        return Arrays.stream(text.split(",")).map(String::strip).toList();
    }
}
