package io.bulkhead.harness.bench;

import io.bulkhead.harness.bench.Contender.CannotRunException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A victim and a hog next to each other, in whatever keeps them apart. Used by one thread.
 *
 * <p>The life is {@link #prepare}, then {@link #open} and {@link #shut} for each turn, {@link #close}.
 */
interface Neighbours extends AutoCloseable {
    /** What it is called in the results. */
    String name();

    /** Its version, in its own words; one line. */
    String version();

    /** What keeps the two apart, and what does not: what a reader must know to compare. */
    String terms();

    /**
     * Gets ready, without taking anything that others need.
     *
     * @throws CannotRunException with the reason, where it cannot run on this host
     */
    void prepare() throws CannotRunException;

    /** Takes the CPUs and starts both. */
    void open() throws IOException;

    /** Ends both and gives the CPUs back. */
    void shut() throws IOException;

    /** Why this hog cannot be let loose here; empty where it can. */
    Optional<String> obstacle(Hog hog);

    /** Starts the victim's servers where they do not run. */
    void serve() throws IOException;

    /** Starts a program beside the victim's servers. */
    Program inVictim(List<String> command) throws IOException;

    /** Starts a program where the hog is. */
    Program inHog(List<String> command) throws IOException;

    /** Ends whatever the hog does, and removes its files. */
    void calmHog() throws IOException;

    /** The address of the victim on the network; only where no obstacle is told for those who need it. */
    String address();

    /** Removes everything. */
    @Override
    void close() throws IOException;
}
