package io.bulkhead.console.apply;

import io.bulkhead.broker.definition.Definition;
import io.bulkhead.broker.definition.DefinitionChange;
import io.bulkhead.broker.definition.DefinitionFile;
import io.bulkhead.contract.order.Problem;
import io.bulkhead.contract.order.ProblemCode;
import io.bulkhead.contract.partition.PartitionName;
import io.bulkhead.contract.partition.PartitionSpec;
import io.bulkhead.contract.partition.PartitionStatus;
import io.bulkhead.contract.partition.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a file would change: a step for each partition that it names, in its order, and after those one for each that is
 * to be deleted.
 *
 * @param source the file, or what stands for one
 * @param steps in their order
 * @param binds whether what holds no slice takes one when it is created or changed
 */
public record FilePlan(String source, List<Step> steps, boolean binds) {
    /** In these states a partition can be changed and deleted. */
    private static final Set<State> AT_REST = Set.of(State.DEFINED, State.BOUND, State.FAILED);

    public FilePlan {
        steps = List.copyOf(steps);
    }

    public FilePlan(String source, List<Step> steps) {
        this(source, steps, true);
    }

    /** The same, but what holds no slice takes none. */
    public FilePlan withoutBinding() {
        return new FilePlan(source, steps, false);
    }

    /** Whether a partition that is created or changed holds a slice then. */
    public boolean holdsSlice(Step step) {
        return binds || step.isBound();
    }

    /** What is done with a partition. */
    public enum Action {
        CREATE,
        CHANGE,
        UNCHANGED,
        DELETE
    }

    /**
     * One partition.
     *
     * @param name which
     * @param action what is done
     * @param definition what is wanted; empty for a deletion
     * @param before as it is now; empty for a creation
     * @param changes the keys in which the two differ
     */
    public record Step(
            PartitionName name,
            Action action,
            Optional<Definition> definition,
            Optional<PartitionStatus> before,
            List<DefinitionChange> changes) {
        public Step {
            changes = List.copyOf(changes);
        }

        /** Whether it holds a slice now. */
        public boolean isBound() {
            return before.flatMap(PartitionStatus::slice).isPresent();
        }

        /** What the step starts from. */
        Known known() {
            return before.map(status -> Known.as(status.definition())).orElse(Known.ABSENT);
        }

        /** What it may be after the step was begun, whether or not it was done. */
        Known knownSince() {
            List<PartitionSpec> definitions = new ArrayList<>();
            before.map(PartitionStatus::definition).ifPresent(definitions::add);
            definition.map(Definition::spec).ifPresent(definitions::add);
            return new Known(definitions);
        }

        /** Why it cannot be done as long as things are as they are. */
        Optional<String> obstacle() {
            boolean rests =
                    before.map(status -> AT_REST.contains(status.state())).orElse(true);
            return action == Action.UNCHANGED || rests
                    ? Optional.empty()
                    : Optional.of(
                            name + " is " + before.orElseThrow().state().name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Compares a file with what there is.
     *
     * @param present every partition there is
     * @param toDelete those of them that the file once named, does no longer, and that are to go
     */
    public static FilePlan of(
            DefinitionFile file, Map<PartitionName, PartitionStatus> present, Set<PartitionName> toDelete) {
        List<Step> steps = new ArrayList<>();
        for (Definition definition : file.definitions()) {
            PartitionName name = definition.spec().name();
            Optional<PartitionStatus> before = Optional.ofNullable(present.get(name));
            List<DefinitionChange> changes = before.map(
                            status -> DefinitionChange.between(status.definition(), definition.spec()))
                    .orElse(List.of());
            Action action = before.isEmpty() ? Action.CREATE : changes.isEmpty() ? Action.UNCHANGED : Action.CHANGE;
            steps.add(new Step(name, action, Optional.of(definition), before, changes));
        }
        toDelete.stream()
                .sorted()
                .map(present::get)
                .forEach(status -> steps.add(
                        new Step(status.name(), Action.DELETE, Optional.empty(), Optional.of(status), List.of())));
        return new FilePlan(file.source(), steps);
    }

    /** The partitions with which this is done. */
    public List<PartitionName> names(Action action) {
        return steps(action).stream().map(Step::name).toList();
    }

    List<Step> steps(Action action) {
        return steps.stream().filter(step -> step.action() == action).toList();
    }

    /** Whether everything is as the file says. */
    public boolean isDone() {
        return steps.stream().allMatch(step -> step.action() == Action.UNCHANGED);
    }

    /** What has to be stopped first; nothing of the file can be done before. */
    public Optional<Problem> obstacle() {
        List<String> obstacles =
                steps.stream().flatMap(step -> step.obstacle().stream()).toList();
        List<String> names = steps.stream()
                .filter(step -> step.obstacle().isPresent())
                .map(step -> step.name().value())
                .toList();
        return obstacles.isEmpty()
                ? Optional.empty()
                : Optional.of(Problem.of(
                        ProblemCode.WRONG_STATE,
                        source + ": a partition can be changed or deleted only while it does not run: "
                                + String.join(", ", obstacles) + "; nothing of the file was done",
                        "stop what is in the way: bulkhead stop " + String.join(" ", names)));
    }
}
