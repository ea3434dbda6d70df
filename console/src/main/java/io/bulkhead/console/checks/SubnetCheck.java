package io.bulkhead.console.checks;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import io.bulkhead.contract.partition.HostRoutes;
import io.bulkhead.settings.Explanation;
import io.bulkhead.settings.LoadedSettings;
import io.bulkhead.settings.Settings;
import io.bulkhead.settings.SettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether the partitions' subnet is apart from what the host reaches otherwise: else one of both could not be reached. */
public final class SubnetCheck {
    static final String REMEDY = "set another network.subnet, one that 'ip route' and 'ip address' do not show";

    private final HostFiles files;

    /**
     * @param root of the file system, {@code /} on the live machine
     */
    public SubnetCheck(Path root) {
        this(new HostFiles(root));
    }

    SubnetCheck(HostFiles files) {
        this.files = files;
    }

    /** What of the host is in the subnet, in words; empty where nothing is, or our bridge is there and in use. */
    Optional<String> collision(Settings settings) {
        if (bridgeIsThere(settings)) {
            return Optional.empty();
        }
        HostRoutes routes = HostRoutes.parse(
                files.text("/proc/self/net/route").orElse(""),
                files.text("/proc/self/net/fib_trie").orElse(""));
        return routes.collisionWith(settings.network().subnet(), Optional.empty());
    }

    private boolean bridgeIsThere(Settings settings) {
        String alias = "bulkhead/" + settings.instance();
        return files.names("/sys/class/net").stream().anyMatch(name -> files.text("/sys/class/net/" + name + "/ifalias")
                .equals(Optional.of(alias)));
    }

    /**
     * Throws {@link SettingsException} with the place where the subnet was set, if it was set by somebody. One that nobody has
     * chosen must not keep a host from partitions without a network: it is refused when one with a network is bound.
     */
    public void requireApart(LoadedSettings loaded) {
        Explanation subnet = loaded.explain("network.subnet");
        if (subnet.source() == Explanation.Source.DEFAULT) {
            return;
        }
        collision(loaded.settings()).ifPresent(words -> {
            throw new SettingsException(List.of(new Fault(
                    Place.of(subnet.place()),
                    subnet.key().path(),
                    subnet.value() + " is not free: " + words + "; " + REMEDY)));
        });
    }
}
