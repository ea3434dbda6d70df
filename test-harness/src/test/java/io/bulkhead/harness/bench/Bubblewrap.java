package io.bulkhead.harness.bench;

import java.util.ArrayList;
import java.util.List;

/** bwrap(1): a sandbox that knows neither limits nor consoles nor more than one uid. */
final class Bubblewrap implements Contender {
    private final Stage stage;
    private List<String> command = List.of();

    Bubblewrap(Stage stage) {
        this.stage = stage;
    }

    @Override
    public String name() {
        return "bwrap";
    }

    @Override
    public String version() {
        return Versions.of("bwrap");
    }

    @Override
    public String terms() {
        return "all seven namespaces, but one uid only; **no limits**; the caller's terminal; builds its root itself";
    }

    @Override
    public void prepare() throws CannotRunException {
        command = new ArrayList<>(List.of(Versions.find("bwrap", "bubblewrap")));
        command.addAll(List.of(
                "--unshare-all",
                "--uid",
                "0",
                "--gid",
                "0",
                "--hostname",
                "bench",
                "--new-session",
                "--ro-bind",
                "/usr",
                "/usr",
                "--symlink",
                "usr/bin",
                "/bin",
                "--symlink",
                "usr/sbin",
                "/sbin",
                "--symlink",
                "usr/lib",
                "/lib",
                "--symlink",
                "usr/lib64",
                "/lib64",
                "--proc",
                "/proc",
                "--dev",
                "/dev",
                "--tmpfs",
                "/tmp",
                "--tmpfs",
                "/run",
                "--dir",
                "/etc",
                "--dir",
                "/var",
                "--dir",
                "/root"));
        command.addAll(Terms.PROGRAM);
    }

    @Override
    public long start() throws CannotRunException {
        return ConsoleRun.nanosToFirstByte(stage, command);
    }

    @Override
    public void close() {
        // All it has is gone with its process.
    }
}
