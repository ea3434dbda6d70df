package io.bulkhead.harness.bench;

import java.util.List;

/** crun(1): a container runtime in C. It takes hosts with one version of cgroups only; see {@link Stage}. */
final class Crun extends OciRuntime {
    Crun(Stage stage, Terms terms, boolean terminal) {
        super("crun", List.of("--cgroup-manager=cgroupfs"), terminal, stage, terms);
    }
}
