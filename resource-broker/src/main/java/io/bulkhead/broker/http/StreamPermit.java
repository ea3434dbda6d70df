package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.Role;
import io.bulkhead.contract.order.Order;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.wire.RecordCodec;
import java.util.Optional;

/**
 * What one caller may open as a stream: viewers follow events and view consoles, operators type and run commands. Writes
 * down who typed and who ran what program where; the program's arguments may hold secrets, and are not written.
 */
final class StreamPermit {
    private final Caller caller;
    private final Auditing auditing;
    private final Consoles consoles;

    /** @param consoles whose rights hold, and who alone types where there is a service */
    StreamPermit(Caller caller, Auditing auditing, Consoles consoles) {
        this.caller = caller;
        this.auditing = auditing;
        this.consoles = consoles;
    }

    private static boolean changes(Order order) {
        return order instanceof Order.ExecuteCommand
                || (order instanceof Order.OpenConsole console && (console.write() || console.takeOver()));
    }

    /** Why the order is not for this caller, if that is so. */
    Optional<Problem> refusal(Order order) {
        Role needed = changes(order) ? Role.OPERATOR : Role.VIEWER;
        if (caller.mayDo(needed)) {
            return typesPastTheService(order);
        }
        auditing.denied(caller, verb(order), Optional.of(partition(order)), ProblemCode.NOT_PERMITTED);
        return Optional.of(Problem.of(
                ProblemCode.NOT_PERMITTED,
                "to type on a console or to run a command takes the role " + RecordCodec.constantName(needed) + "; "
                        + caller.name() + " has "
                        + caller.role().map(RecordCodec::constantName).orElse("none")));
    }

    /** Whoever typed past the service would take the writing from all of its viewers. */
    private Optional<Problem> typesPastTheService(Order order) {
        if (!(order instanceof Order.OpenConsole console)) {
            return Optional.empty();
        } else if (!consoles.mayRead(console.name(), caller)) {
            return Optional.of(Problem.of(
                    ProblemCode.NOT_PERMITTED,
                    caller.name() + " has no right console-read on the console of " + console.name()));
        } else if (!consoles.isServed() || !changes(order)) {
            return Optional.empty();
        }
        return Optional.of(Problem.of(
                ProblemCode.NOT_PERMITTED,
                "nobody types on a console by a stream",
                "attach at /v1/consoles/" + console.name() + "/attach"));
    }

    void opened(Order order) {
        if (changes(order)) {
            auditing.onStream(caller, verb(order), partition(order), Optional.empty());
        }
    }

    void failed(Order order, Problem problem) {
        if (changes(order)) {
            auditing.onStream(caller, verb(order), partition(order), Optional.of(problem.code()));
        }
    }

    private static String verb(Order order) {
        if (order instanceof Order.ExecuteCommand command) {
            return "exec " + command.command().get(0);
        }
        return order instanceof Order.OpenConsole console && console.takeOver() ? "console-take-over" : "console-write";
    }

    private static String partition(Order order) {
        return order instanceof Order.ExecuteCommand command
                ? command.name().value()
                : order instanceof Order.OpenConsole console ? console.name().value() : "";
    }
}
