package io.bulkhead.console.serial.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.contract.order.Refusal;
import io.bulkhead.contract.partition.PartitionName;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final PartitionName DB = new PartitionName("db");
    private static final Caller ALICE =
            new Caller("token 1", Optional.of(Role.VIEWER), Caller.Transport.TCP, "127.0.0.1:1");

    private long now;
    private final Tickets tickets = new Tickets(() -> now);

    @Test
    void areGoodOnce() {
        String ticket = tickets.issue(DB, ALICE).ticket();

        assertThat(tickets.redeem(ticket, DB)).contains(ALICE);
        assertThat(tickets.redeem(ticket, DB)).isEmpty();
    }

    @Test
    void areGoodForOneConsoleAndUsedUpAtAnother() {
        String ticket = tickets.issue(DB, ALICE).ticket();

        assertThat(tickets.redeem(ticket, new PartitionName("web"))).isEmpty();
        assertThat(tickets.redeem(ticket, DB)).isEmpty();
    }

    @Test
    void areGoodForSomeSeconds() {
        String early = tickets.issue(DB, ALICE).ticket();
        String late = tickets.issue(DB, ALICE).ticket();
        now = Tickets.SECONDS * 1000L - 1;
        assertThat(tickets.redeem(early, DB)).isPresent();
        now++;
        assertThat(tickets.redeem(late, DB)).isEmpty();
    }

    @Test
    void areUnlikeEachOtherFitAHeaderAndAreNotPrinted() {
        Tickets.Ticket one = tickets.issue(DB, ALICE);
        Tickets.Ticket other = tickets.issue(DB, ALICE);

        assertThat(one.ticket()).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(other.ticket());
        assertThat(one).asString().doesNotContain(one.ticket());
    }

    @Test
    void areLimitedForEachCallerUntilTheOldOnesEnd() {
        for (int i = 0; i < Tickets.MOST_OF_ONE; i++) {
            tickets.issue(DB, ALICE);
        }

        assertThatThrownBy(() -> tickets.issue(DB, ALICE)).isInstanceOf(Refusal.class);
        Caller other = new Caller("token 2", ALICE.role(), ALICE.transport(), ALICE.address());
        assertThat(tickets.issue(DB, other)).isNotNull();
        now += Tickets.SECONDS * 1000L;
        assertThat(tickets.issue(DB, ALICE)).isNotNull();
    }
}
