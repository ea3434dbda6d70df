package io.bulkhead.broker.client;

import io.bulkhead.broker.LedgerOffice;
import io.bulkhead.broker.Refusals;
import io.bulkhead.contract.order.Event;
import io.bulkhead.contract.order.EventRecord;
import io.bulkhead.contract.order.StreamMessage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the ledger compared with the manager: at the start, whenever the manager comes back or tells of something that
 * changes who has what, and every half minute. Many events at once lead to one comparison. Lives on an event loop of its
 * own choice; {@link #close} may be called from any thread.
 */
public final class LedgerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);

    /** How often when nothing happens. */
    private static final long PERIOD_MILLIS = 30_000;

    /** How long events are gathered; also the pause before the manager is asked again when it is away. */
    private static final long GATHER_MILLIS = 250;

    private static final long RETRY_MILLIS = 1_000;

    private final Vertx vertx;
    private final ManagerClient client;
    private final LedgerOffice office;
    private final Context context;
    private Optional<EventFollower> follower = Optional.empty();
    private long period;
    private boolean planned;
    private boolean closed;

    private LedgerWatch(Vertx vertx, ManagerClient client, LedgerOffice office) {
        this.vertx = vertx;
        this.client = client;
        this.office = office;
        this.context = vertx.getOrCreateContext();
    }

    /** Begins, and compares as soon as the manager answers. */
    public static LedgerWatch start(Vertx vertx, ManagerClient client, LedgerOffice office) {
        LedgerWatch watch = new LedgerWatch(vertx, client, office);
        watch.context.runOnContext(now -> {
            watch.compare();
            watch.follow();
            watch.period = vertx.setPeriodic(PERIOD_MILLIS, tick -> watch.compare());
        });
        return watch;
    }

    private void follow() {
        if (closed) {
            return;
        }
        EventFollower.open(client, 0, new EventFollower.Listener() {
                    @Override
                    public void event(EventRecord event) {
                        if (concernsTheLedger(event.event())) {
                            plan(GATHER_MILLIS);
                        }
                    }

                    @Override
                    public void gap(StreamMessage.Gap gap) {
                        plan(GATHER_MILLIS);
                    }

                    @Override
                    public void caughtUp(long sequence) {
                        plan(GATHER_MILLIS);
                    }
                })
                .onSuccess(opened -> {
                    follower = Optional.of(opened);
                    if (closed) {
                        opened.close();
                    }
                })
                .onFailure(away -> vertx.setTimer(RETRY_MILLIS, again -> follow()));
    }

    private static boolean concernsTheLedger(Event event) {
        return event instanceof Event.ManagerStarted
                || event instanceof Event.PartitionDefined
                || event instanceof Event.PartitionBound
                || event instanceof Event.PartitionReleased
                || event instanceof Event.PartitionDeleted
                || event instanceof Event.HostCpusChanged
                || event instanceof Event.HostSettingsChanged;
    }

    private void plan(long millis) {
        if (!planned && !closed) {
            planned = true;
            vertx.setTimer(millis, due -> {
                planned = false;
                compare();
            });
        }
    }

    private void compare() {
        if (closed) {
            return;
        }
        office.check().whenComplete((report, failure) -> {
            if (failure != null) {
                // The manager is away: its coming back is an event.
                LOG.atDebug()
                        .addKeyValue("reason", Refusals.of(failure).getMessage())
                        .log("The ledger could not be compared");
            }
        });
    }

    @Override
    public void close() {
        context.runOnContext(now -> {
            closed = true;
            vertx.cancelTimer(period);
            follower.ifPresent(EventFollower::close);
        });
    }
}
