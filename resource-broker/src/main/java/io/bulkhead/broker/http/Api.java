package io.bulkhead.broker.http;

import static io.bulkhead.broker.access.Role.ADMIN;
import static io.bulkhead.broker.access.Role.OPERATOR;
import static io.bulkhead.broker.access.Role.VIEWER;
import static io.bulkhead.contract.order.ProblemCode.CONFLICT;
import static io.bulkhead.contract.order.ProblemCode.KEY_REUSED;
import static io.bulkhead.contract.order.ProblemCode.LEDGER_READ_ONLY;
import static io.bulkhead.contract.order.ProblemCode.NOT_FOUND;
import static io.bulkhead.contract.order.ProblemCode.PRECONDITION_FAILED;
import static io.bulkhead.contract.order.ProblemCode.WRONG_STATE;
import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.bulkhead.broker.Broker;
import java.util.ArrayList;
import java.util.List;

/** The operations of the API, in the order of {@code api/openapi.yaml}. */
final class Api {
    private final Routes routes;

    Api(Services services, Auditing auditing) {
        Broker broker = services.broker();
        ProgramEndpoint program = new ProgramEndpoint(services);
        Works works = new Works(services, auditing);
        PartitionEndpoint partitions = new PartitionEndpoint(broker, works, services.consoles());
        OperationEndpoint operations = new OperationEndpoint(services);
        EventEndpoint events = new EventEndpoint(
                services.vertx(), services.manager(), services.options().limits());
        StreamEndpoint streams = new StreamEndpoint(services, auditing);
        TokenEndpoint tokens = new TokenEndpoint(services);
        AuditEndpoint audit = new AuditEndpoint(services);
        PlanEndpoint plans = new PlanEndpoint(services);
        List<Route> all = new ArrayList<>(List.of(
                new Route(GET, "/v1", program::about).withoutManager(),
                new Route(GET, "/v1/openapi.yaml", program::describe).withoutManager(),
                new Route(GET, "/v1/host", program::host),
                new Route(GET, "/v1/host/inventory", program::inventory),
                new Route(POST, "/v1/plan", plans::answer).forRole(VIEWER).named("plan"),
                new Route(GET, "/v1/usage", partitions::usage),
                new Route(GET, "/v1/partitions", partitions::list).taking(Paging.LIMIT, Paging.CURSOR),
                new Route(GET, "/v1/partitions/{name}", partitions::show)
                        .heeding("If-None-Match")
                        .answering(200, 304)
                        .failingBy(NOT_FOUND),
                new Route(PUT, "/v1/partitions/{name}", partitions::define)
                        .taking("bind")
                        .heeding("If-Match", "If-None-Match")
                        .answering(200, 201)
                        .failingBy(PRECONDITION_FAILED, LEDGER_READ_ONLY)
                        .asWork("define"),
                new Route(DELETE, "/v1/partitions/{name}", partitions::delete)
                        .heeding("If-Match", "If-None-Match")
                        .taking("wipe")
                        .answering(204)
                        .failingBy(PRECONDITION_FAILED, LEDGER_READ_ONLY)
                        .asWork("delete"),
                verb("start", partitions.verb("start", broker::start)).forRole(OPERATOR),
                verb("stop", partitions.killingVerb("stop", broker::stop)).forRole(OPERATOR),
                verb("restart", partitions.killingVerb("restart", broker::restart))
                        .forRole(OPERATOR),
                verb("pause", partitions.verb("pause", broker::pause)).forRole(OPERATOR),
                verb("resume", partitions.verb("resume", broker::resume)).forRole(OPERATOR),
                verb("bind", partitions.grantingVerb("bind", broker::bind)).failingBy(LEDGER_READ_ONLY),
                verb("release", partitions::release)
                        .heeding("If-Match", "If-None-Match")
                        .failingBy(PRECONDITION_FAILED, LEDGER_READ_ONLY),
                new Route(GET, "/v1/partitions/{name}/certificate", partitions::certificate)
                        .failingBy(NOT_FOUND, WRONG_STATE),
                new Route(GET, "/v1/operations", operations::list)
                        .taking(Paging.LIMIT, Paging.CURSOR)
                        .withoutManager(),
                new Route(GET, "/v1/operations/{id}", operations::show)
                        .taking("wait", "seen")
                        .withoutManager()
                        .failingBy(NOT_FOUND),
                new Route(GET, "/v1/events", events::answer)
                        .taking("after", "follow", Paging.LIMIT, Paging.CURSOR)
                        .heeding("Last-Event-ID"),
                new Route(GET, "/v1/tokens", tokens::list).forRole(ADMIN).withoutManager(),
                new Route(POST, "/v1/tokens", tokens::create)
                        .named("token-create")
                        .withoutManager()
                        .answering(201)
                        .failingBy(CONFLICT, KEY_REUSED),
                new Route(DELETE, "/v1/tokens/{id}", tokens::revoke)
                        .named("token-revoke")
                        .withoutManager()
                        .answering(204)
                        .failingBy(NOT_FOUND, KEY_REUSED),
                new Route(GET, "/v1/audit", audit::list)
                        .forRole(ADMIN)
                        .taking("since", Paging.LIMIT, Paging.CURSOR)
                        .withoutManager(),
                new Route(POST, "/v1/shutdown", program::shutDown)
                        .named("shutdown")
                        .failingBy(KEY_REUSED),
                new Route(GET, StreamEndpoint.PATH, streams::answer).answering(101),
                new Route(GET, "/livez", program::live).forEverybody().withoutManager(),
                new Route(GET, "/readyz", program::ready),
                new Route(GET, "/metrics", program::metrics).withoutManager()));
        all.addAll(new GenerationEndpoint(broker.generations(), works).routes());
        all.addAll(new LedgerEndpoint(broker).routes());
        all.addAll(new SshKeyEndpoint(services).routes());
        all.addAll(new ConsoleEndpoint(services, auditing).routes());
        all.addAll(new ConsoleLogEndpoint(services).routes());
        this.routes = new Routes(all);
    }

    private static Route verb(String verb, Route.Action action) {
        return new Route(POST, "/v1/partitions/{name}/" + verb, action).asWork(verb);
    }

    Routes routes() {
        return routes;
    }
}
