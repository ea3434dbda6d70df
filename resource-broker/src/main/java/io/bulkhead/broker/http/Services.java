package io.bulkhead.broker.http;

import io.bulkhead.broker.Broker;
import io.bulkhead.broker.ConsoleRecords;
import io.bulkhead.broker.access.FailureLimiter;
import io.bulkhead.broker.access.SshKeyStore;
import io.bulkhead.broker.access.TokenStore;
import io.bulkhead.broker.audit.AuditTrail;
import io.bulkhead.broker.client.ManagerClient;
import io.bulkhead.broker.metrics.RequestStatistics;
import io.bulkhead.broker.operation.Operations;
import io.bulkhead.broker.operation.RecordedAnswers;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * What the endpoints of one API share.
 *
 * @param vertx whose event loops serve
 * @param broker who does the work
 * @param manager for streams and events
 * @param options where, and within which limits
 * @param guard of the connections
 * @param tokens for TCP
 * @param sshKeys for SSH
 * @param audit who did what
 * @param operations what is being done
 * @param answers for repeated requests
 * @param statistics of requests
 * @param consoles who serves them
 * @param records the consoles' logs
 */
record Services(
        Vertx vertx,
        Broker broker,
        ManagerClient manager,
        ApiOptions options,
        ConnectionGuard guard,
        TokenStore tokens,
        SshKeyStore sshKeys,
        AuditTrail audit,
        Operations operations,
        RecordedAnswers answers,
        RequestStatistics statistics,
        Consoles consoles,
        ConsoleRecords records) {
    static Services of(
            Vertx vertx,
            Broker broker,
            ManagerClient manager,
            ApiOptions options,
            AuditTrail audit,
            Consoles consoles,
            ConsoleRecords records) {
        return new Services(
                vertx,
                broker,
                manager,
                options,
                new ConnectionGuard(vertx, options.limits()),
                TokenStore.open(options.access().directory().resolve("tokens.json"), System::currentTimeMillis),
                SshKeyStore.open(options.access().directory().resolve("ssh-keys.json"), System::currentTimeMillis),
                audit,
                new Operations(System::currentTimeMillis),
                new RecordedAnswers(System::currentTimeMillis),
                new RequestStatistics(),
                consoles,
                records);
    }

    /** A limiter on the clock that never goes back. */
    static FailureLimiter limiter(int mostPerMinute) {
        return new FailureLimiter(mostPerMinute, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }
}
