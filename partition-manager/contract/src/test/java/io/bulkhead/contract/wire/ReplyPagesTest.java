package io.bulkhead.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Reply;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.PartitionUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReplyPagesTest {
    private final TreeMap<PartitionName, PartitionStatus> partitions = new TreeMap<>();

    private static PartitionStatus named(String name, String reason) {
        PartitionStatus s = Samples.STATUS;
        return new PartitionStatus(
                new PartitionName(name),
                s.state(),
                Optional.of(reason),
                s.degraded(),
                s.definition(),
                s.init(),
                s.slice(),
                s.promises(),
                s.console(),
                s.pid(),
                s.uidRange(),
                s.generation(),
                s.startedAtMillis(),
                s.isolation(),
                s.intrusion());
    }

    private void add(String name) {
        partitions.put(new PartitionName(name), named(name, "\u00fc".repeat(100)));
    }

    private Reply.Partitions page(Optional<PartitionName> after) {
        return ReplyPages.partitions(
                after.map(name -> partitions.tailMap(name, false)).orElse(partitions).values().stream());
    }

    /** All pages, with something done between each two. */
    private List<String> names(Runnable between) {
        List<String> names = new ArrayList<>();
        Optional<PartitionName> after = Optional.empty();
        while (true) {
            Reply.Partitions page = page(after);
            assertThat(Frame.reply(page).payload()).hasSizeLessThan(ReplyPages.MAX_PAGE_BYTES + 100);
            page.partitions().forEach(each -> names.add(each.name().value()));
            if (!page.more()) {
                return names;
            }
            after = Optional.of(
                    page.partitions().get(page.partitions().size() - 1).name());
            between.run();
        }
    }

    @Test
    void whatIsLargerThanAFrameComesCompleteAndInOrder() {
        List<String> names = IntStream.range(0, 3_000)
                .mapToObj(i -> String.format("p%04d", i))
                .toList();
        names.forEach(this::add);
        assertThat(RecordCodec.encode(new Reply.Partitions(List.copyOf(partitions.values())))
                        .toString())
                .hasSizeGreaterThan(Frame.MAX_MESSAGE_BYTES);

        assertThat(names(() -> {})).isEqualTo(names);
    }

    @Test
    void whoComesOrGoesBetweenPagesTakesNobodyElseAway() {
        List<String> stay = IntStream.range(0, 2_000)
                .mapToObj(i -> String.format("p%04d", i))
                .toList();
        stay.forEach(this::add);
        add("p0000a");
        add("q");
        AtomicInteger turn = new AtomicInteger();

        List<String> told = names(() -> {
            // Before, at and behind the place where the next page begins.
            partitions.remove(new PartitionName("p0000a"));
            partitions.remove(new PartitionName("q"));
            add("a" + turn.get());
            add("z" + turn.getAndIncrement());
        });

        assertThat(told).containsAll(stay).doesNotHaveDuplicates().isSorted();
        assertThat(turn.get()).isPositive();
    }

    @Test
    void goesOnBehindANameThatIsGone() {
        IntStream.range(0, 2_000).forEach(i -> add(String.format("p%04d", i)));
        Reply.Partitions first = page(Optional.empty());
        PartitionName last =
                first.partitions().get(first.partitions().size() - 1).name();
        partitions.remove(last);

        assertThat(page(Optional.of(last)).partitions().get(0).name()).isEqualTo(partitions.higherKey(last));
    }

    @Test
    void looksAtNoMoreThanItTells() {
        AtomicInteger looked = new AtomicInteger();
        Reply.Partitions page = ReplyPages.partitions(Stream.iterate(0, i -> i + 1)
                .peek(i -> looked.incrementAndGet())
                .map(i -> named("p" + i, "r".repeat(100_000))));

        assertThat(page.more()).isTrue();
        assertThat(looked.get()).isEqualTo(page.partitions().size() + 1).isEqualTo(6);
    }

    @Test
    void whatIsTooLargeForAPageStandsAlone() {
        PartitionStatus large = named("a", "r".repeat(ReplyPages.MAX_PAGE_BYTES));

        assertThat(ReplyPages.partitions(Stream.of(large, named("b", "r"))))
                .isEqualTo(new Reply.Partitions(List.of(large), true));
        assertThat(ReplyPages.partitions(Stream.of(large))).isEqualTo(new Reply.Partitions(List.of(large)));
    }

    @Test
    void measuresInPagesToo() {
        List<PartitionUsage> all =
                IntStream.range(0, 3_000).mapToObj(i -> Samples.USAGE).toList();

        Reply.Measured first = ReplyPages.measured(all.stream());
        int count = first.partitions().size();

        assertThat(first.more()).isTrue();
        assertThat(Frame.reply(first).payload()).hasSizeGreaterThan(ReplyPages.MAX_PAGE_BYTES / 2);
        assertThat(ReplyPages.measured(all.stream().skip(3_000 - count)).more()).isFalse();
        assertThat(ReplyPages.measured(Stream.of())).isEqualTo(new Reply.Measured(List.of()));
    }

    @Test
    void readsTheOrderAndTheReplyOfThoseWhoKnowNoPages() {
        assertThat(RecordCodec.decode(Order.class, JsonReader.read("{\"type\":\"list-partitions\"}")))
                .isEqualTo(new Order.ListPartitions());
        assertThat(RecordCodec.encodeAs(Order.class, new Order.MeasurePartitions()))
                .hasToString("{\"type\":\"measure-partitions\"}");
        assertThat(RecordCodec.decode(Reply.class, JsonReader.read("{\"type\":\"partitions\",\"partitions\":[]}")))
                .isEqualTo(new Reply.Partitions(List.of()));
        assertThat(RecordCodec.encodeAs(Reply.class, new Reply.Measured(List.of())))
                .hasToString("{\"type\":\"measured\",\"partitions\":[]}");
        assertThat(RecordCodec.encodeAs(Order.class, new Order.ListPartitions(Optional.of(new PartitionName("db")))))
                .hasToString("{\"type\":\"list-partitions\",\"after\":\"db\"}");
    }
}
