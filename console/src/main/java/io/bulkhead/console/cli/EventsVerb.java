package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import io.bulkhead.console.client.FrameStream;
import io.bulkhead.console.text.Words;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.wire.Frame;
import io.bulkhead.contract.wire.Json;
import io.bulkhead.contract.wire.JsonReader;
import io.bulkhead.contract.wire.RecordCodec;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead events}. */
@Command(
        name = "events",
        description = "Shows what has happened, one line an event; with -o json one JSON object a line.")
final class EventsVerb extends Verb {
    @Option(
            names = {"-f", "--follow"},
            description = "go on with what happens")
    private boolean follow;

    @Option(names = "--after", paramLabel = "SEQ", description = "only events after this sequence number")
    private long after;

    EventsVerb(Bulkhead bulkhead) {
        super(bulkhead);
    }

    @Override
    public Integer call() throws IOException {
        if (!follow) {
            api().pages("/v1/events?after=" + after + "&follow=false", "events")
                    .forEach(each -> put(ApiClient.decode(EventRecord.class, each)));
            return DONE;
        }
        try (FrameStream stream = api().openStream(new Order.FollowEvents(after))) {
            for (Optional<Frame> next = stream.receive(); next.isPresent(); next = stream.receive()) {
                show(next.get());
            }
        }
        bulkhead().remark("[the events have ended: the manager is gone]");
        return DONE;
    }

    private void show(Frame frame) {
        Json json = JsonReader.read(frame.payload());
        if (json instanceof Json.Obj object && object.members().containsKey("sequence")) {
            put(ApiClient.decode(EventRecord.class, json));
        } else if (frame.as(StreamMessage.class) instanceof StreamMessage.Gap gap) {
            bulkhead().remark("[... the events " + gap.from() + " to " + (gap.to() - 1) + " are no longer there ...]");
        }
    }

    private void put(EventRecord event) {
        bulkhead()
                .printLine(
                        bulkhead().wantsJson()
                                ? RecordCodec.encode(event).toString()
                                : line(event, ZoneId.systemDefault()));
    }

    /** Time, number, what, which partition, and whatever else the event says. */
    static String line(EventRecord record, ZoneId zone) {
        Json.Obj members = RecordCodec.encodeAs(Event.class, (Record) record.event());
        String rest = members.members().entrySet().stream()
                .filter(each -> !each.getKey().equals("type") && !each.getKey().equals("partition"))
                .map(each -> each.getKey() + "=" + plain(each.getValue()))
                .collect(Collectors.joining(" "));
        String partition = members.members().get("partition") instanceof Json.Text name ? name.value() : "-";
        return String.format(
                        "%s %6d  %-23s %-16s %s",
                        Words.fineTime(record.timeMillis(), zone),
                        record.sequence(),
                        RecordCodec.typeName(record.event().getClass()),
                        partition,
                        rest)
                .stripTrailing();
    }

    private static String plain(Json value) {
        return value instanceof Json.Text text && text.value().matches("[\\w.:/#@-]+")
                ? text.value()
                : value.toString();
    }
}
