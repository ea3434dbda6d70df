package io.bulkhead.console.demo;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.Promise;
import io.bulkhead.contract.partition.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Somebody turns a knob behind Bulkhead's back: it is told with the kernel's reason, and told again when it is right. */
final class DriftScene {
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(2);
    private static final Duration DEADLINE = Duration.ofSeconds(8);
    private static final Duration BY_ITSELF = Duration.ofSeconds(3);
    private static final long POLL_MILLIS = 50;

    private final ApiClient api;
    private final Certified certified;

    DriftScene(ApiClient api, Certified certified) {
        this.api = api;
        this.certified = certified;
    }

    /** Raises the limit on tasks in the kernel's file that the certificate names. */
    List<Line> lines(PartitionName name) throws IOException, InterruptedException {
        Promise promise = certified.promise(name, Resource.TASKS).orElseThrow();
        Path file = Path.of(promise.evidence());
        if (!file.isAbsolute() || !Files.isWritable(file)) {
            return List.of(Line.notHere(name + " limit raised", "told", "no file to write: " + promise.evidence()));
        }
        String before = Files.readString(file).strip();
        long sequence = lastSequence();
        long written = System.currentTimeMillis();
        Files.writeString(file, Long.toString(Long.parseLong(before) * 2));
        try {
            Optional<EventRecord> degraded = await(
                    sequence,
                    DEADLINE,
                    event -> event instanceof Event.PartitionDegraded of
                            && of.partition().equals(name));
            Line told = toldLine(name.value(), file, degraded, written);
            return List.of(told, repaired(name, sequence, file, before));
        } finally {
            Files.writeString(file, before);
        }
    }

    private Line repaired(PartitionName name, long sequence, Path file, String before)
            throws IOException, InterruptedException {
        Predicate<Event> repair = event ->
                event instanceof Event.PartitionRepaired of && of.partition().equals(name);
        Optional<EventRecord> byItself = await(sequence, BY_ITSELF, repair);
        if (byItself.isEmpty()) {
            Files.writeString(file, before);
        }
        Optional<EventRecord> told = byItself.isPresent() ? byItself : await(sequence, DEADLINE, repair);
        return repairedLine(
                name.value(),
                Files.readString(file).strip(),
                byItself.isPresent(),
                told.isPresent(),
                certified.certificate(name).held());
    }

    static Line toldLine(String name, Path file, Optional<EventRecord> degraded, long written) {
        String reason = degraded.map(EventRecord::event)
                .map(event -> String.join("; ", ((Event.PartitionDegraded) event).reasons()))
                .map(text -> text.replace(file.toString(), String.valueOf(file.getFileName())))
                .orElse("nothing was told");
        long millis = degraded.map(record -> record.timeMillis() - written).orElse(Long.MAX_VALUE);
        return new Line(
                name + " limit raised",
                "told within " + TOLD_WITHIN.toSeconds() + " s",
                reason,
                degraded.isPresent() ? "told after " + millis + " ms" : "not told",
                degraded.isPresent() && millis <= TOLD_WITHIN.toMillis());
    }

    static Line repairedLine(String name, String value, boolean byItself, boolean told, boolean held) {
        return new Line(
                name + " limit right again",
                "told",
                value,
                (byItself ? "by itself" : "by who turned it") + (told ? ", and told" : ", NOT TOLD"),
                told && held);
    }

    private long lastSequence() {
        return events(0).stream().mapToLong(EventRecord::sequence).max().orElse(0);
    }

    private List<EventRecord> events(long after) {
        return api.pages("/v1/events?follow=false&after=" + after, "events")
                .map(each -> ApiClient.decode(EventRecord.class, each))
                .toList();
    }

    private Optional<EventRecord> await(long after, Duration time, Predicate<Event> wanted)
            throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        while (true) {
            Optional<EventRecord> found = events(after).stream()
                    .filter(record -> wanted.test(record.event()))
                    .findFirst();
            if (found.isPresent() || System.nanoTime() > deadline) {
                return found;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
