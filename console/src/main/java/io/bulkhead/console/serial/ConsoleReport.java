package io.bulkhead.console.serial;

import io.bulkhead.console.serial.log.LogHealth;
import io.bulkhead.contract.partition.WindowSize;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.List;
import java.util.Optional;

/**
 * How a console does: the body of {@code GET /v1/consoles/NAME}.
 *
 * @param partition whose
 * @param creation the id of its numbering
 * @param offset of the next byte to come
 * @param start the oldest offset in memory
 * @param connected whether its stream from the manager stands
 * @param trouble why not, for people
 * @param writer who types, if anybody
 * @param queue those who wait for the writing, the next one first
 * @param size of the console, as far as a writer has set it
 * @param received bytes that came since this control plane began
 * @param lost bytes of the stream that never came to it since then
 * @param skipped bytes that viewers have not got since then
 * @param memoryBytes that the ring has taken
 * @param viewers those who look
 * @param log how the log does
 */
public record ConsoleReport(
        String partition,
        String creation,
        long offset,
        long start,
        boolean connected,
        Optional<String> trouble,
        Optional<String> writer,
        List<String> queue,
        Optional<WindowSize> size,
        long received,
        long lost,
        long skipped,
        long memoryBytes,
        List<Looking> viewers,
        LogHealth log) {
    public ConsoleReport {
        queue = List.copyOf(queue);
        viewers = List.copyOf(viewers);
    }

    /**
     * One who looks.
     *
     * @param viewer how the others see it
     * @param who the caller's name
     * @param role writes, waits or views
     * @param policy when it is too slow
     * @param offset where it is
     * @param behind how many bytes it has not got yet
     * @param delivered how many it has got
     * @param skipped how many it will never get
     * @param sinceMillis when it came, milliseconds since 1970 UTC
     */
    public record Looking(
            String viewer,
            String who,
            String role,
            String policy,
            long offset,
            long behind,
            long delivered,
            long skipped,
            long sinceMillis) {}

    /** How many viewers have a role. */
    public long count(String role) {
        return viewers.stream().filter(each -> each.role().equals(role)).count();
    }

    static ConsoleReport of(ConsoleFeed feed) {
        List<Viewer> viewers = feed.viewers();
        return new ConsoleReport(
                feed.name().value(),
                feed.creation(),
                feed.ring().end(),
                feed.ring().start(),
                feed.isConnected(),
                feed.trouble(),
                feed.writer(),
                feed.lease().queue().stream()
                        .flatMap(id -> viewers.stream().filter(each -> each.id() == id))
                        .map(Viewer::label)
                        .toList(),
                feed.size(),
                feed.received(),
                feed.lost(),
                feed.skipped(),
                feed.ring().memoryBytes(),
                viewers.stream().map(each -> looking(feed, each)).toList(),
                feed.log().health());
    }

    private static Looking looking(ConsoleFeed feed, Viewer viewer) {
        return new Looking(
                viewer.label(),
                viewer.caller().name(),
                RecordCodec.constantName(feed.role(viewer).kind()),
                RecordCodec.constantName(viewer.policy()),
                viewer.cursor().offset(),
                feed.ring().end() - viewer.cursor().offset(),
                viewer.cursor().delivered(),
                viewer.cursor().skipped(),
                viewer.sinceMillis());
    }
}
