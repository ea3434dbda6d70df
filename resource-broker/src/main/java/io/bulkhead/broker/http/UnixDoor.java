package io.bulkhead.broker.http;

import io.bulkhead.broker.access.Caller;
import io.bulkhead.broker.access.UnixRoles;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** The Unix socket: the kernel says who is at the other end, as it was when it connected; unix(7), {@code SO_PEERCRED}. */
final class UnixDoor implements Door {
    private static final AttributeKey<Caller> CALLER = AttributeKey.valueOf(UnixDoor.class, "caller");

    private final UnixRoles roles;

    UnixDoor(UnixRoles roles) {
        this.roles = roles;
    }

    @Override
    public Caller identify(HttpServerRequest request) {
        return caller(request.connection());
    }

    /** With whom a new connection shares its room. */
    ConnectionGuard.Pool pool(HttpConnection connection) {
        return caller(connection).role().isEmpty() ? ConnectionGuard.Pool.STRANGERS : ConnectionGuard.Pool.USERS;
    }

    @Override
    public Refusal closed(HttpServerRequest request, Caller caller) {
        return Refusal.of(
                ProblemCode.NOT_PERMITTED,
                "the user " + caller.name() + " may not use this control plane",
                "an administrator can put the user into a group that api.viewers, api.operators or api.admins names");
    }

    private Caller caller(HttpConnection connection) {
        // Vert.x has no word for the peer's credentials; the channel below it is the JDK's, which has.
        Channel channel =
                ((HttpServerConnection) connection).channelHandlerContext().channel();
        Caller known = channel.attr(CALLER).get();
        if (known == null) {
            known = ask(channel);
            channel.attr(CALLER).set(known);
        }
        return known;
    }

    private Caller ask(Channel channel) {
        Optional<UnixDomainPrincipal> peer =
                Optional.ofNullable(channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED)));
        return peer.map(who -> new Caller(
                        who.user().getName(),
                        roles.of(who.user(), who.group().getName()),
                        Caller.Transport.UNIX,
                        "group " + who.group().getName()))
                .orElseGet(() -> Caller.anonymous(Caller.Transport.UNIX, "gone"));
    }
}
