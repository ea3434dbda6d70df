package io.bulkhead.harness.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A runtime that takes OCI bundles: crun or runc, with {@code run} in the foreground. */
abstract class OciRuntime implements Contender {
    private final String program;
    private final List<String> options;
    private final boolean terminal;
    private final Stage stage;
    private final Terms terms;
    private List<String> command = List.of();

    /**
     * @param program also its Debian package
     * @param options before the verb
     * @param terminal whether process 1 gets a terminal of its own, or inherits that of the command line
     */
    OciRuntime(String program, List<String> options, boolean terminal, Stage stage, Terms terms) {
        this.program = program;
        this.options = options;
        this.terminal = terminal;
        this.stage = stage;
        this.terms = terms;
    }

    @Override
    public String name() {
        return program + (terminal ? " run" : " run, no console");
    }

    @Override
    public String version() {
        return Versions.of(program);
    }

    @Override
    public String terms() {
        return "all seven namespaces and the same limits; "
                + (terminal ? "a terminal of its own" : "the caller's terminal") + "; its root is ready-made";
    }

    @Override
    public void prepare() throws CannotRunException {
        String path = Versions.find(program, program);
        String id = terms.instance() + "-" + program + (terminal ? "" : "-plain");
        Path root = stage.makeRoot(id + "-root", terms.uidBase());
        Path bundle = OciBundle.write(stage, id, root, terms, "/" + terms.instance() + "/" + id, terminal);
        command = new ArrayList<>(
                List.of(path, "--root", stage.directory().resolve(id + "-state").toString()));
        command.addAll(options);
        command.addAll(List.of("run", "--bundle", bundle.toString(), id));
    }

    @Override
    public long start() throws CannotRunException {
        return ConsoleRun.nanosToFirstByte(stage, command);
    }

    @Override
    public void close() {
        // Its groups go with those of the instance, all else is on the stage.
    }
}
