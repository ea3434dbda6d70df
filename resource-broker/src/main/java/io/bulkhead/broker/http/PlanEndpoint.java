package io.bulkhead.broker.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.plan.PlanReport;
import io.bulkhead.broker.plan.Plans;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/plan}: what a set of definitions would lead to. Works on a thread for slow work, one plan at a time. */
final class PlanEndpoint {
    private final Vertx vertx;
    private final Broker broker;

    PlanEndpoint(Services services) {
        this.vertx = services.vertx();
        this.broker = services.broker();
    }

    void answer(Exchange exchange) {
        PlanBody body = exchange.body(PlanBody.class);
        Duration limit = body.timeLimitMillis().map(Duration::ofMillis).orElse(Plans.TIME_LIMIT);
        CompletionStage<PlanReport> report = broker.planGround()
                .thenCompose(ground -> vertx.executeBlocking(() -> Plans.plan(ground, body.definitions(), limit))
                        .toCompletionStage());
        exchange.answer(report, exchange::json);
    }
}
