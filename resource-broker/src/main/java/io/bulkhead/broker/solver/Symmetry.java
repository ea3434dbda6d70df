package io.bulkhead.broker.solver;

import io.bulkhead.broker.placement.ExactSearch.Option;
import io.bulkhead.broker.placement.ExactSearch.Question;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chocosolver.solver.Model;
import org.chocosolver.solver.variables.IntVar;

/**
 * Forbids ways that differ only by an exchange. Items that cannot be told apart choose in order, and groups that cannot be
 * told apart are used in order. Both keep the lexicographically least way of each kind by the order of the items, so that
 * together they never forbid all of them (Law and Lee, "Symmetry breaking constraints for value symmetries", 2006).
 */
final class Symmetry {
    private final Question question;
    private final List<Boolean> packed;
    private final List<IntVar> choices;

    /**
     * @param packed for each item whether it goes into one group as a whole, so that its choice is that group
     * @param choices of the items
     */
    Symmetry(Question question, List<Boolean> packed, List<IntVar> choices) {
        this.question = question;
        this.packed = packed;
        this.choices = choices;
    }

    /** Adds the constraints. */
    void forbid(Model model) {
        for (int i = 1; i < question.items().size(); i++) {
            if (question.items().get(i).equals(question.items().get(i - 1)) && staysNowhere(i)) {
                model.arithm(choices.get(i - 1), "<=", choices.get(i)).post();
            }
        }
        Map<List<Object>, List<Integer>> alike = IntStream.range(
                        0, question.groups().size())
                .boxed()
                .collect(Collectors.groupingBy(this::signature, LinkedHashMap::new, Collectors.toList()));
        for (List<Integer> groups : alike.values()) {
            List<Integer> users = packedItems().stream()
                    .filter(i -> CoreModel.groupsOf(question.items().get(i)).contains(groups.get(0)))
                    .toList();
            if (groups.size() > 1 && users.size() > 1) {
                // Groups that nobody can tell apart are used in their order.
                model.intValuePrecedeChain(
                                users.stream().map(choices::get).toArray(IntVar[]::new),
                                groups.stream().mapToInt(Integer::intValue).toArray())
                        .post();
            }
        }
    }

    private List<Integer> packedItems() {
        return IntStream.range(0, packed.size()).filter(packed::get).boxed().toList();
    }

    /** All that tells a group from another: what is free in it, and which options of whom lead to it. */
    private List<Object> signature(int group) {
        List<Object> signature = new ArrayList<>(List.of(question.groups().get(group)));
        for (int i = 0; i < question.items().size(); i++) {
            List<Option> options = question.items().get(i).options();
            if (packed.get(i)) {
                signature.add(CoreModel.groupsOf(question.items().get(i)).contains(group));
            } else {
                signature.add(IntStream.range(0, options.size())
                        .filter(k -> options.get(k).groups().contains(group))
                        .mapToObj(k -> k + (options.get(k).fixed().isPresent() ? " of " + group : ""))
                        .toList());
            }
        }
        return signature;
    }

    private boolean staysNowhere(int item) {
        return question.items().get(item).options().stream()
                .noneMatch(option -> option.fixed().isPresent());
    }
}
