package io.bulkhead.console.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody else on the network: a network namespace that is linked to this host like a machine beside it. The host passes
 * on what comes in by that link, and by no other that it did not before; so a published port can be tried everywhere, and
 * nothing of the host's is changed.
 *
 * <p>The namespace ends with its only process, and that with us, whatever ends us; the link goes with the namespace.
 */
final class Outside implements AutoCloseable {
    /** The host's end of the link. */
    static final String LINK = "bhdemo-out";

    private static final String HOST = "198.18.213.1";
    private static final String OTHER = "198.18.213.2";
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 10;

    private final Process process;

    private Outside(Process process) {
        this.process = process;
    }

    /**
     * Makes it.
     *
     * @param alias what the link is to be called, so that it is found again
     * @throws IOException with the reason, where this host does not let it be made; nothing is left then
     */
    static Outside open(String alias) throws IOException, InterruptedException {
        Outside outside = new Outside(
                new ProcessBuilder("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity").start());
        try {
            outside.awaitNamespace();
            String namespace = Long.toString(outside.process.pid());
            HostCommand.require(
                    "ip", "link", "add", LINK, "type", "veth", "peer", "name", "outside", "netns", namespace);
            HostCommand.require("ip", "link", "set", LINK, "alias", alias, "up");
            HostCommand.require("ip", "address", "add", HOST + "/30", "dev", LINK);
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf", LINK, "forwarding"), "1");
            outside.require("ip", "address", "add", OTHER + "/30", "dev", "outside");
            outside.require("ip", "link", "set", "outside", "up");
            return outside;
        } catch (IOException | InterruptedException | RuntimeException e) {
            outside.close();
            throw e;
        }
    }

    private void awaitNamespace() throws IOException, InterruptedException {
        Path own = Path.of("/proc/" + process.pid() + "/ns/net");
        Path host = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (process.isAlive() && Files.readSymbolicLink(own).equals(host) && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
        }
        if (!process.isAlive() || Files.readSymbolicLink(own).equals(host)) {
            throw new IOException("no network namespace can be made here");
        }
    }

    private void require(String... command) throws IOException, InterruptedException {
        HostCommand.require(within(List.of(command)).toArray(new String[0]));
    }

    private List<String> within(List<String> command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=/proc/" + process.pid() + "/ns/net"));
        all.addAll(command);
        return all;
    }

    /** This host as it is known there. */
    static String hostAddress() {
        return HOST;
    }

    /** Runs a command there. */
    Inside.Result run(List<String> command) throws IOException, InterruptedException {
        return HostCommand.run(within(command));
    }

    /** Ends it; the link goes with it, a moment later if we do not wait for that. */
    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = false;
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while ((process.isAlive() || Files.exists(Path.of("/sys/class/net", LINK))) && System.nanoTime() < deadline) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
