package io.bulkhead.console.serial.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.http.Consoles;
import io.bulkhead.broker.metrics.ConsoleFigures;
import io.bulkhead.console.serial.ConsoleReport;
import io.bulkhead.console.serial.ConsoleService;
import io.bulkhead.console.serial.web.WebSocketGate;
import io.bulkhead.contract.partition.ConsoleStatus;
import io.bulkhead.contract.partition.PartitionName;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.function.Predicate;

/** The console service as the API knows it. */
public final class ConsoleApi implements Consoles {
    private final Vertx vertx;
    private final ConsoleService service;
    private final WebSocketGate gate;

    public ConsoleApi(Vertx vertx, ConsoleService service, WebSocketGate gate) {
        this.gate = gate;
        this.vertx = vertx;
        this.service = service;
    }

    @Override
    public boolean isServed() {
        return true;
    }

    @Override
    public boolean mayRead(PartitionName name, Caller caller) {
        return service.mayRead(name, caller);
    }

    @Override
    public List<Record> list(Caller caller) {
        return List.copyOf(service.reports(caller));
    }

    @Override
    public Record show(PartitionName name, Caller caller) {
        return service.report(name, caller);
    }

    @Override
    public ConsoleStatus seen(PartitionName name, ConsoleStatus status) {
        return service.seen(name, status);
    }

    @Override
    public void attach(PartitionName name, Caller caller, NetSocket socket, long helloMillis, Runnable gone) {
        new SocketAttachment(vertx, service, name, caller, socket, helloMillis, gone);
    }

    @Override
    public Record ticket(PartitionName name, Caller caller) {
        return gate.ticket(name, caller);
    }

    @Override
    public void socket(PartitionName name, Caller caller, HttpServerRequest request, long helloMillis, Runnable gone) {
        gate.open(name, caller, request, helloMillis, gone);
    }

    @Override
    public void admitOnly(Predicate<Caller> known) {
        service.admitOnly(known);
    }

    @Override
    public List<ConsoleFigures> figures() {
        return service.reports().stream().map(ConsoleApi::figures).toList();
    }

    private static ConsoleFigures figures(ConsoleReport report) {
        return new ConsoleFigures(
                new PartitionName(report.partition()),
                report.offset(),
                report.received(),
                report.lost(),
                report.count("writes"),
                report.count("waits"),
                report.count("views"),
                report.viewers().stream()
                        .mapToLong(ConsoleReport.Looking::behind)
                        .max()
                        .orElse(0),
                report.skipped(),
                report.log().lostBytes(),
                report.log().latencyMillis() * 1000,
                report.log().trouble().isEmpty());
    }
}
