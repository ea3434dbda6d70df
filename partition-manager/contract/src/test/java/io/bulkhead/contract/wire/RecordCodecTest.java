package io.bulkhead.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.contract.hardware.CpuSet;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.order.StreamMessage;
import io.bulkhead.contract.partition.CpuSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecordCodecTest {
    static Stream<Arguments> messages() {
        return Stream.of(
                        Samples.ORDERS.stream().map(each -> Arguments.of(Order.class, each)),
                        Samples.REPLIES.stream().map(each -> Arguments.of(Reply.class, each)),
                        Samples.STREAM_MESSAGES.stream().map(each -> Arguments.of(StreamMessage.class, each)),
                        Samples.EVENTS.stream().map(each -> Arguments.of(Event.class, each)))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsBackEveryMessageItWrites(Class<?> type, Record message) {
        String text = RecordCodec.encodeAs(type, message).toString();

        assertThat(RecordCodec.decode(type, JsonReader.read(text))).isEqualTo(message);
    }

    @Test
    void hasASampleOfEveryMessage() {
        for (Class<?> type : List.of(Order.class, Reply.class, StreamMessage.class, Event.class)) {
            Set<Object> sampled = messages()
                    .filter(each -> each.get()[0] == type)
                    .map(each -> each.get()[1].getClass())
                    .collect(Collectors.toSet());

            assertThat(sampled).contains((Object[]) type.getPermittedSubclasses());
        }
    }

    @Test
    void putsTheUnitIntoTheName() {
        String text = RecordCodec.encodeAs(Order.class, (Record) Samples.ORDERS.get(3))
                .toString();

        assertThat(text)
                .contains("\"memoryBytes\":1073741824")
                .contains("\"readBytesPerSecond\":52428800")
                .contains("\"writeOperationsPerSecond\":500")
                .contains("\"writeBytesPerSecond\":\"unlimited\"")
                .contains("\"cpus\":{\"type\":\"whole\",\"cpus\":\"2-3\"}");
    }

    @Test
    void leavesOutAFlagThatIsFalseAndReadsItsAbsenceAsFalse() {
        CpuSlice plain = new CpuSlice.Whole(CpuSet.of(2));
        CpuSlice isolated = new CpuSlice.Whole(CpuSet.of(2), true);

        assertThat(RecordCodec.encodeAs(CpuSlice.class, (Record) plain))
                .hasToString("{\"type\":\"whole\",\"cpus\":\"2\"}");
        assertThat(RecordCodec.encodeAs(CpuSlice.class, (Record) isolated))
                .hasToString("{\"type\":\"whole\",\"cpus\":\"2\",\"isolated\":true}");
        assertThat(RecordCodec.decode(CpuSlice.class, JsonReader.read("{\"type\":\"whole\",\"cpus\":\"2\"}")))
                .isEqualTo(plain);
        assertThat(RecordCodec.decode(
                        CpuSlice.class, JsonReader.read("{\"type\":\"whole\",\"cpus\":\"2\",\"isolated\":true}")))
                .isEqualTo(isolated);
    }

    @Test
    void wrapsAnEventWithItsType() {
        EventRecord record = new EventRecord(7, 8, new Event.PartitionBound(Samples.NAME));

        assertThat(RecordCodec.encode(record))
                .hasToString(
                        "{\"sequence\":7,\"timeMillis\":8,\"event\":{\"type\":\"partition-bound\",\"partition\":\"db\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|the message must be an object, it is a list",
                "{}|type is missing",
                "{'type':'format-disk'}|type is the unknown 'format-disk'; known are describe-host",
                "{'type':'show-partition'}|name is missing",
                "{'type':'show-partition','name':7}|name must be a string, it is a number",
                "{'type':'show-partition','name':'DB'}|name: 'DB' is not a partition name",
                "{'type':'show-partition','name':'db','force':true}|force is not known here; known are name",
                "{'type':'follow-events','afterSequence':'1'}|afterSequence must be a whole number, it is a string",
                "{'type':'execute-command','name':'db','command':['a',1],'environment':{}}|command[1] must be a string",
                "{'type':'execute-command','name':'db','command':['a'],'environment':{},'terminal':{'columns':0,'rows':1}}|terminal: a terminal has 1 to 65535",
                "{'type':'execute-command','name':'db','command':['a'],'environment':{},'terminal':{'columns':5000000000,'rows':1}}|terminal.columns does not fit 32 bits",
            })
    void namesThePlaceOfWhatItRefuses(String json, String message) {
        assertThatThrownBy(() -> RecordCodec.decode(Order.class, JsonReader.read(json.replace('\'', '"'))))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theProtocolDocumentNamesEveryMessage() throws IOException {
        String document = Files.readString(Path.of("PROTOCOL.md"));

        for (Class<?> type : List.of(Order.class, Reply.class, StreamMessage.class, Event.class)) {
            for (Class<?> message : type.getPermittedSubclasses()) {
                assertThat(document).contains("`" + RecordCodec.typeName(message) + "`");
            }
        }
        assertThat(document)
                .contains("%,d".formatted(Frame.MAX_MESSAGE_BYTES))
                .contains("%,d".formatted(Frame.MAX_DATA_BYTES));
    }
}
