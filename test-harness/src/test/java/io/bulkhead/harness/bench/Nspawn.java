package io.bulkhead.harness.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * systemd-nspawn(1). Without a running systemd it can neither register nor make a scope, so it sets no limits; and it
 * refuses the host's own root.
 */
final class Nspawn implements Contender {
    private final Stage stage;
    private final Terms terms;
    private List<String> command = List.of();

    Nspawn(Stage stage, Terms terms) {
        this.stage = stage;
        this.terms = terms;
    }

    @Override
    public String name() {
        return "systemd-nspawn";
    }

    @Override
    public String version() {
        return Versions.of("systemd-nspawn");
    }

    @Override
    public String terms() {
        return "all seven namespaces (private users); **no limits** (it leaves them to systemd); a terminal of its own; "
                + "its root is ready-made";
    }

    @Override
    public void prepare() throws CannotRunException {
        String id = terms.instance() + "-nspawn";
        String path = Versions.find("systemd-nspawn", "systemd-container");
        Path root = stage.makeRoot(id, terms.uidBase());
        command = new ArrayList<>(List.of(
                path,
                "--quiet",
                "--directory=" + root,
                "--machine=" + id,
                "--register=no",
                "--keep-unit",
                "--private-users=" + terms.uidBase() + ":" + Terms.UIDS,
                "--private-users-ownership=off",
                "--private-network",
                "--link-journal=no",
                "--resolv-conf=off",
                "--timezone=off"));
        command.addAll(Terms.PROGRAM);
    }

    @Override
    public long start() throws CannotRunException {
        return ConsoleRun.nanosToFirstByte(stage, command);
    }

    @Override
    public void close() {
        // All it has is on the stage.
    }
}
