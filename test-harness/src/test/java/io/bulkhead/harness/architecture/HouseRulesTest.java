package io.bulkhead.harness.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The product keeps the rules of the house, and each rule catches the fixtures made to break it. */
class HouseRulesTest {
    private static final String PRODUCT = "io.bulkhead";
    private static final String FIXTURES = "io.bulkhead.harness.architecture.fixture";

    private static final JavaClasses PRODUCT_CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(PRODUCT);
    private static final JavaClasses FIXTURE_CLASSES = new ClassFileImporter().importPackages(FIXTURES);

    /** The fixtures that each rule must name, by the rule's name; and it must name no other. */
    private static final Map<String, List<String>> BREAKERS = Map.ofEntries(
            Map.entry("only the JNA adapter touches JNA", List.of("CallsJnaDirectly")),
            Map.entry("only the broker's solver touches Choco", List.of("SearchesByItself")),
            Map.entry(
                    "pure packages depend on the JDK and the contract alone", List.of("LogsInTheCore", "AnswersLater")),
            Map.entry("pure packages do not look at the world", List.of("ReadsTheClock", "OpensAFile")),
            Map.entry("the inventory takes no server", List.of("LogsWhatItReads")),
            Map.entry("only the ledger's store touches SQLite", List.of("QueriesTheDatabase")),
            Map.entry("Vert.x stays at the edges", List.of("AnswersLater")),
            Map.entry("only one door looks inside Vert.x", List.of("LooksInsideVertx")),
            Map.entry("the contract knows nobody", List.of("KnowsTheBroker")),
            Map.entry("settings know the contract", List.of("KnowsTheConsole")),
            Map.entry("the manager knows the contract", List.of("AsksTheBroker")),
            Map.entry("the broker knows the contract", List.of("ImportsTheManager")),
            Map.entry("the console knows the broker and the contract", List.of("UsesTheHarness")),
            Map.entry("the console stays out of the broker's rooms", List.of("WritesTheLedger")),
            Map.entry("files are applied at a desk", List.of("AsksTheApi")),
            Map.entry("packages have no cycles", List.of("Hen", "Egg")),
            Map.entry("packages have telling names", List.of("OddsAndEnds")),
            Map.entry("what holds something open can be closed", List.of("LeaksASocket", "LeaksADescriptor")));

    static List<HouseRules.NamedRule> productRules() {
        return new HouseRules(PRODUCT).all();
    }

    static List<HouseRules.NamedRule> fixtureRules() {
        return new HouseRules(FIXTURES).all();
    }

    @Test
    void seesTheProduct() {
        assertThat(PRODUCT_CLASSES.containPackage("io.bulkhead.contract")).isTrue();
        assertThat(PRODUCT_CLASSES.containPackage("io.bulkhead.manager")).isTrue();
        assertThat(PRODUCT_CLASSES.containPackage("io.bulkhead.broker")).isTrue();
        assertThat(PRODUCT_CLASSES.containPackage("io.bulkhead.console")).isTrue();
        assertThat(PRODUCT_CLASSES.containPackage("io.bulkhead.harness")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("productRules")
    void productKeepsTheRule(HouseRules.NamedRule rule) {
        rule.rule().check(PRODUCT_CLASSES);
    }

    @ParameterizedTest
    @MethodSource("fixtureRules")
    void ruleCatchesItsBreakers(HouseRules.NamedRule rule) {
        List<String> breakers = BREAKERS.getOrDefault(rule.name(), List.of());

        List<String> violations =
                rule.rule().evaluate(FIXTURE_CLASSES).getFailureReport().getDetails();

        assertThat(breakers).as("fixtures that break: " + rule.name()).isNotEmpty();
        assertThat(breakers)
                .allSatisfy(breaker -> assertThat(violations).anyMatch(violation -> violation.contains(breaker)));
        assertThat(violations).allMatch(violation -> breakers.stream().anyMatch(violation::contains));
    }
}
