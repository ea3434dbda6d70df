package io.bulkhead.console.cli;

import io.bulkhead.console.client.ApiClient;
import java.util.concurrent.Callable;

/** A verb of the command line. Its answer is the exit code. */
abstract class Verb implements Callable<Integer> {
    static final int DONE = 0;

    private final Bulkhead bulkhead;

    Verb(Bulkhead bulkhead) {
        this.bulkhead = bulkhead;
    }

    /** The command that it is a verb of, with the options for all verbs. */
    final Bulkhead bulkhead() {
        return bulkhead;
    }

    final ApiClient api() {
        return bulkhead.api();
    }

    final boolean colour() {
        return bulkhead.surroundings().colour();
    }

    /** How many columns a line of the answer may have; many where it goes to a file. */
    final int width() {
        return bulkhead.surroundings().columns();
    }
}
