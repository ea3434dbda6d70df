package io.bulkhead.manager.network;

import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.order.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * The instance's bridge with the host's address. Made when the first partition wants a network; settings are changed of
 * this interface alone, never of the host. For one thread at a time.
 */
final class Bridge {
    private final NetworkTools tools;
    private final NetworkNames names;
    private final LinkCommands commands;
    private final Interfaces interfaces;
    private boolean ensured;

    Bridge(NetworkTools tools, NetworkNames names, LinkCommands commands, Interfaces interfaces) {
        this.tools = tools;
        this.names = names;
        this.commands = commands;
        this.interfaces = interfaces;
    }

    /** Makes it if it is not there, or throws {@link Refusal} where something else is in its place. */
    void ensure() {
        if (ensured && isOurs()) {
            return;
        }
        requireFree();
        if (interfaces.exists(names.bridge())) {
            // Of an earlier manager, maybe half-made: all but the first line can be said again.
            tools.run(List.of("ip", "-batch", "-"), afterFirstLine(commands.bridge()));
        } else {
            make();
        }
        // What it sends out again by itself would go past the filter of the bridge.
        interfaces.set("ipv4", names.bridge(), "send_redirects", "0");
        interfaces.set("ipv4", names.bridge(), "rp_filter", "1");
        interfaces.set("ipv6", names.bridge(), "disable_ipv6", "1");
        ensured = true;
    }

    private void make() {
        try {
            tools.run(List.of("ip", "-batch", "-"), commands.bridge());
        } catch (NetworkException e) {
            remove();
            throw e;
        }
    }

    private static String afterFirstLine(String text) {
        return text.substring(text.indexOf('\n') + 1);
    }

    private boolean isOurs() {
        return interfaces.alias(names.bridge()).equals(names.alias());
    }

    private void requireFree() {
        // A manager that was killed between the first two lines has left one without an alias.
        if (interfaces.exists(names.bridge())
                && !isOurs()
                && !interfaces.alias(names.bridge()).isEmpty()) {
            throw Refusal.of(
                    ProblemCode.CONFLICT,
                    "an interface " + names.bridge() + " is there that is not the bridge of " + names.alias(),
                    "rename it, or give the instance another name");
        }
        Optional<String> ours = interfaces.exists(names.bridge()) ? Optional.of(names.bridge()) : Optional.empty();
        interfaces.routes().collisionWith(names.subnet(), ours).ifPresent(words -> {
            throw Refusal.of(
                    ProblemCode.NOT_ENFORCEABLE,
                    words + ", which is not apart from network.subnet = " + names.subnet(),
                    "set another network.subnet in bulkhead.conf");
        });
    }

    /** Lets the host pass on what comes from partitions; nothing but this interface is changed. */
    void forward() {
        interfaces.set("ipv4", names.bridge(), "forwarding", "1");
    }

    /** Whether it is there with all that it needs. */
    boolean isThere() {
        return isOurs();
    }

    /** Takes it away, if it is there. */
    void remove() {
        ensured = false;
        if (interfaces.exists(names.bridge())) {
            tools.run(List.of("ip", "link", "del", "dev", names.bridge()));
        }
    }
}
