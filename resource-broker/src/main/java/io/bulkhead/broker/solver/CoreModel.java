package io.bulkhead.broker.solver;

import io.bulkhead.broker.placement.ExactSearch.Answer;
import io.bulkhead.broker.placement.ExactSearch.Group;
import io.bulkhead.broker.placement.ExactSearch.Item;
import io.bulkhead.broker.placement.ExactSearch.Option;
import io.bulkhead.broker.placement.ExactSearch.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chocosolver.solver.Model;
import org.chocosolver.solver.Solver;
import org.chocosolver.solver.search.SearchState;
import org.chocosolver.solver.search.strategy.Search;
import org.chocosolver.solver.variables.BoolVar;
import org.chocosolver.solver.variables.IntVar;

/**
 * The question as constraints. Each item chooses one option; an option of a single group takes the whole item there, one of
 * several groups divides it freely among them by variables of its own. The loads of a group add up to what is free in it.
 */
final class CoreModel {
    private final Question question;
    private final List<Boolean> packed;
    private final Model model = new Model("cores");
    private final List<IntVar> choices = new ArrayList<>();
    private final List<List<BoolVar>> chosen = new ArrayList<>();

    /** What each item takes of each group, as terms that are added up: whole cores or threads, as the item takes. */
    private final List<List<Load>> loads = new ArrayList<>();

    private final List<IntVar> amounts = new ArrayList<>();

    /**
     * A term.
     *
     * @param group of which
     * @param factor how many cores (threads for an item that shares cores) one unit of the variable stands for
     * @param variable how many units
     */
    private record Load(int group, int factor, IntVar variable) {}

    CoreModel(Question question) {
        this.question = question;
        this.packed = question.items().stream().map(CoreModel::isPacked).toList();
        for (int i = 0; i < question.items().size(); i++) {
            addItem(i);
        }
        for (int group = 0; group < question.groups().size(); group++) {
            addCapacity(group);
        }
        addCommonCapacities();
        addPacking();
        new Symmetry(question, packed, choices).forbid(model);
    }

    Answer solve(long millis) {
        if (isHopeless()) {
            return new Answer.NotFound(true);
        }
        Solver solver = model.getSolver();
        solver.limitTime(millis);
        IntVar[] first = choices.toArray(IntVar[]::new);
        IntVar[] then = amounts.toArray(IntVar[]::new);
        solver.setSearch(
                Search.inputOrderLBSearch(first.length == 0 ? new IntVar[] {model.intVar(0)} : first),
                Search.inputOrderUBSearch(then.length == 0 ? new IntVar[] {model.intVar(0)} : then));
        return hasCosts() ? cheapest(solver) : first(solver);
    }

    private Answer first(Solver solver) {
        if (solver.solve()) {
            return answer(true);
        }
        return new Answer.NotFound(solver.getSearchState() == SearchState.TERMINATED);
    }

    private Answer cheapest(Solver solver) {
        IntVar cost = totalCost();
        model.setObjective(Model.MINIMIZE, cost);
        Answer best = new Answer.NotFound(false);
        while (solver.solve()) {
            best = answer(false);
        }
        boolean ended = solver.getSearchState() == SearchState.TERMINATED;
        if (best instanceof Answer.Found found) {
            return new Answer.Found(found.options(), found.threads(), ended);
        }
        return new Answer.NotFound(ended);
    }

    private Answer.Found answer(boolean cheapest) {
        List<Integer> options = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            int value = choices.get(i).getValue();
            options.add(isPacked(i) ? groupsOf(question.items().get(i)).indexOf(value) : (Integer) value);
        }
        List<List<Integer>> threads = new ArrayList<>();
        for (int i = 0; i < question.items().size(); i++) {
            Item item = question.items().get(i);
            List<Integer> ofItem =
                    new ArrayList<>(Collections.nCopies(question.groups().size(), 0));
            for (Load load : loads.get(i)) {
                int size =
                        item.wholeCores() ? question.groups().get(load.group()).threadsPerCore() : 1;
                ofItem.set(
                        load.group(),
                        ofItem.get(load.group())
                                + load.factor() * load.variable().getValue() * size);
            }
            threads.add(List.copyOf(ofItem));
        }
        return new Answer.Found(options, threads, cheapest);
    }

    // ---- items

    private void addItem(int index) {
        Item item = question.items().get(index);
        List<BoolVar> flags = new ArrayList<>();
        List<Load> ofItem = new ArrayList<>();
        IntVar choice;
        if (isPacked(index)) {
            List<Integer> groups = groupsOf(item);
            choice = model.intVar(
                    "choice" + index,
                    groups.stream().mapToInt(Integer::intValue).sorted().toArray());
            groups.forEach(group -> flags.add(model.isEq(choice, group)));
        } else {
            choice = model.intVar("choice" + index, 0, item.options().size() - 1);
            item.options().forEach(option -> flags.add(model.boolVar()));
            model.boolsIntChanneling(flags.toArray(BoolVar[]::new), choice, 0).post();
        }
        for (int k = 0; k < item.options().size(); k++) {
            addOption(item, item.options().get(k), flags.get(k), ofItem);
        }
        choices.add(choice);
        chosen.add(flags);
        loads.add(ofItem);
    }

    /** Whether an item goes into one group as a whole, whichever: its choice is then the group itself. */
    private boolean isPacked(int index) {
        return packed.get(index);
    }

    private static boolean isPacked(Item item) {
        return item.options().stream()
                .allMatch(option -> option.fixed().isEmpty() && option.groups().size() == 1);
    }

    static List<Integer> groupsOf(Item item) {
        return item.options().stream().map(option -> option.groups().get(0)).toList();
    }

    private void addOption(Item item, Option option, BoolVar flag, List<Load> loads) {
        List<Integer> groups = option.groups();
        if (option.fixed().isPresent()) {
            for (int i = 0; i < groups.size(); i++) {
                loads.add(new Load(
                        groups.get(i),
                        units(item, groups.get(i), option.fixed().get().get(i)),
                        flag));
            }
        } else if (groups.size() == 1) {
            int group = groups.get(0);
            if (item.wholeCores() && item.count() % question.groups().get(group).threadsPerCore() != 0) {
                model.arithm(flag, "=", 0).post();
            } else {
                loads.add(new Load(group, units(item, group, item.count()), flag));
            }
        } else {
            addDivision(item, groups, flag, loads);
        }
    }

    private void addDivision(Item item, List<Integer> groups, BoolVar flag, List<Load> loads) {
        IntVar[] terms = new IntVar[groups.size() + 1];
        int[] factors = new int[groups.size() + 1];
        for (int i = 0; i < groups.size(); i++) {
            Group group = question.groups().get(groups.get(i));
            int size = item.wholeCores() ? group.threadsPerCore() : 1;
            int most = Math.min(
                    item.count() / size,
                    item.wholeCores()
                            ? group.wholeCores()
                            : group.wholeCores() * group.threadsPerCore() + group.looseThreads());
            terms[i] = model.intVar("amount" + amounts.size(), 0, most);
            factors[i] = size;
            amounts.add(terms[i]);
            loads.add(new Load(groups.get(i), 1, terms[i]));
        }
        terms[groups.size()] = flag;
        factors[groups.size()] = -item.count();
        model.scalar(terms, factors, "=", 0).post();
    }

    private int units(Item item, int group, int threads) {
        return item.wholeCores() ? threads / question.groups().get(group).threadsPerCore() : threads;
    }

    // ---- capacities

    private void addCapacity(int index) {
        Group group = question.groups().get(index);
        List<Load> whole = loadsOf(index, true);
        List<Load> shared = loadsOf(index, false);
        if (shared.isEmpty()) {
            post(whole, group.wholeCores());
            return;
        }
        IntVar broken = model.intVar("broken" + index, 0, group.wholeCores());
        List<Load> cores = new ArrayList<>(whole);
        cores.add(new Load(index, 1, broken));
        post(cores, group.wholeCores());
        List<Load> threads = new ArrayList<>(shared);
        threads.add(new Load(index, -group.threadsPerCore(), broken));
        post(threads, group.looseThreads());
        amounts.add(broken);
    }

    private List<Load> loadsOf(int group, boolean wholeCores) {
        List<Load> found = new ArrayList<>();
        for (int i = 0; i < question.items().size(); i++) {
            if (question.items().get(i).wholeCores() == wholeCores) {
                loads.get(i).stream().filter(load -> load.group() == group).forEach(found::add);
            }
        }
        return found;
    }

    /** What the groups of an option have together, known at once where the single groups only tell in the end. */
    private void addCommonCapacities() {
        Set<List<Integer>> sets = new LinkedHashSet<>();
        question.items().forEach(item -> item.options().stream()
                .map(Option::groups)
                .filter(groups -> groups.size() > 1)
                .map(groups -> List.copyOf(new TreeSet<>(groups)))
                .forEach(sets::add));
        for (List<Integer> set : sets) {
            List<Load> terms = new ArrayList<>();
            for (int i = 0; i < question.items().size(); i++) {
                Item item = question.items().get(i);
                for (int k = 0; k < item.options().size(); k++) {
                    if (set.containsAll(item.options().get(k).groups())) {
                        terms.add(new Load(0, item.count(), chosen.get(i).get(k)));
                    }
                }
            }
            post(
                    terms,
                    set.stream()
                            .map(question.groups()::get)
                            .mapToInt(CoreModel::threads)
                            .sum());
        }
    }

    private static int threads(Group group) {
        return group.wholeCores() * group.threadsPerCore() + group.looseThreads();
    }

    private void post(List<Load> terms, int most) {
        if (!terms.isEmpty()) {
            model.scalar(
                            terms.stream().map(Load::variable).toArray(IntVar[]::new),
                            terms.stream().mapToInt(Load::factor).toArray(),
                            "<=",
                            most)
                    .post();
        }
    }

    /** Items that can only go to the same few groups, and together need more than those have. */
    private boolean isHopeless() {
        List<Set<Integer>> reach = question.items().stream()
                .<Set<Integer>>map(item -> item.options().stream()
                        .flatMap(option -> option.groups().stream())
                        .collect(Collectors.toSet()))
                .toList();
        return new LinkedHashSet<>(reach).stream().anyMatch(groups -> {
            long needed = IntStream.range(0, reach.size())
                    .filter(i -> groups.containsAll(reach.get(i)))
                    .mapToLong(i -> question.items().get(i).count())
                    .sum();
            return needed
                    > groups.stream()
                            .map(question.groups()::get)
                            .mapToLong(CoreModel::threads)
                            .sum();
        });
    }

    /** The same capacities for all packed items at once, from which more follows than from each group alone. */
    private void addPacking() {
        List<Integer> items = packedItems();
        if (items.size() < 2) {
            return;
        }
        IntVar[] loadOfGroup = question.groups().stream()
                .map(group -> model.intVar(0, threads(group)))
                .toArray(IntVar[]::new);
        model.binPacking(
                        items.stream().map(choices::get).toArray(IntVar[]::new),
                        items.stream()
                                .mapToInt(i -> question.items().get(i).count())
                                .toArray(),
                        loadOfGroup,
                        0)
                .post();
    }

    private List<Integer> packedItems() {
        return IntStream.range(0, packed.size()).filter(this::isPacked).boxed().toList();
    }

    // ---- costs

    private boolean hasCosts() {
        return question.items().stream()
                .anyMatch(item -> item.options().stream().anyMatch(option -> option.cost() > 0));
    }

    private IntVar totalCost() {
        List<IntVar> flags = new ArrayList<>();
        List<Integer> costs = new ArrayList<>();
        int most = 0;
        for (int i = 0; i < question.items().size(); i++) {
            List<Option> options = question.items().get(i).options();
            for (int k = 0; k < options.size(); k++) {
                if (options.get(k).cost() > 0) {
                    flags.add(chosen.get(i).get(k));
                    costs.add(options.get(k).cost());
                }
            }
            most += options.stream().mapToInt(Option::cost).max().orElse(0);
        }
        IntVar total = model.intVar("cost", 0, most);
        model.scalar(
                        flags.toArray(IntVar[]::new),
                        costs.stream().mapToInt(Integer::intValue).toArray(),
                        "=",
                        total)
                .post();
        return total;
    }
}
