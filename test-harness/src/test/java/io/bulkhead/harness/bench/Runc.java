package io.bulkhead.harness.bench;

import java.util.List;

/** runc(8): a container runtime in Go. */
final class Runc extends OciRuntime {
    Runc(Stage stage, Terms terms) {
        super("runc", List.of(), true, stage, terms);
    }
}
