package io.bulkhead.harness.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channel;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who may know whom. Each rule can be asked of the product and, with another base package, of fixtures that break it.
 *
 * <p>A rule about packages that do not exist yet holds; it starts to bite with the first class in them.
 */
final class HouseRules {
    /** Adapters to the world; everything asynchronous stays in them. {@code ControlPlane} puts them together. */
    private static final List<String> EDGES = List.of("http", "store", "client", "ssh", "web");

    /** Decide and compute, but never look at the world themselves. */
    private static final List<String> PURE = List.of(
            "contract", "broker.placement", "broker.ledger", "console.protocol", "console.ring", "console.lease");

    /** Adapters below a pure package: they keep what it decides, and nobody of it knows them. */
    private static final List<String> ADAPTERS = List.of("broker.ledger.sqlite");

    /** What only the broker's own classes use. */
    private static final List<String> BROKER_INTERNALS =
            List.of("broker.placement", "broker.solver", "broker.ledger", "broker.store");

    /** Types that stand for something the kernel holds open for us; {@code Fd} and those made of it are added by name. */
    private static final List<Class<?>> HELD_OPEN = List.of(
            Process.class,
            Channel.class,
            Socket.class,
            ServerSocket.class,
            RandomAccessFile.class,
            FileInputStream.class);

    /** Classes that keep a reference to what another one owns and closes, by simple name, each with a reason. */
    private static final Set<String> BORROWERS = Set.of(
            // Hands what it opened to the caller as a RunningPartition, and undoes it itself if it fails.
            "BootThread",
            // Closes all it holds on its own thread, at the end of the run that it is.
            "CommandPump",
            // Its streams belong to the SSH channel, which MINA closes.
            "ConsoleCommand",
            // The master belongs to the RunningPartition of the run.
            "ConsoleLine",
            // Its stream belongs to the SSH channel, which MINA closes.
            "ScreenWriter");

    private final String base;

    /** Rules for the packages below {@code base}. */
    HouseRules(String base) {
        this.base = base;
    }

    /** Every rule, with a name to show. */
    List<NamedRule> all() {
        return List.of(
                new NamedRule("only the JNA adapter touches JNA", onlyTheAdapterTouchesJna()),
                new NamedRule("only the broker's solver touches Choco", onlyTheSolverTouchesChoco()),
                new NamedRule("pure packages depend on the JDK and the contract alone", pureDependsOnLittle()),
                new NamedRule("pure packages do not look at the world", pureDoesNotLookAtTheWorld()),
                new NamedRule("the inventory takes no server", inventoryTakesNoServer()),
                new NamedRule("only the ledger's store touches SQLite", onlyTheStoreTouchesSqlite()),
                new NamedRule("Vert.x stays at the edges", vertxStaysAtTheEdges()),
                new NamedRule("only one door looks inside Vert.x", onlyOneDoorLooksInsideVertx()),
                new NamedRule("the contract knows nobody", knowsOnly("contract", List.of())),
                new NamedRule("settings know the contract", knowsOnly("settings", List.of("contract"))),
                new NamedRule("the manager knows the contract", knowsOnly("manager", List.of("contract", "settings"))),
                new NamedRule("the broker knows the contract", knowsOnly("broker", List.of("contract"))),
                new NamedRule(
                        "the console knows the broker and the contract",
                        knowsOnly("console", List.of("contract", "settings", "broker"))),
                new NamedRule("the console stays out of the broker's rooms", consoleStaysOutOfTheBrokersRooms()),
                new NamedRule("files are applied at a desk", filesAreAppliedAtADesk()),
                new NamedRule("packages have no cycles", packagesHaveNoCycles()),
                new NamedRule("packages have telling names", packagesHaveTellingNames()),
                new NamedRule("what holds something open can be closed", whatHoldsSomethingOpenCanBeClosed()));
    }

    private ArchRule onlyTheAdapterTouchesJna() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("manager.sys.jna"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..")
                .because("raw pointers and errno stay in one adapter, which can be audited and replaced")
                .allowEmptyShould(true);
    }

    private ArchRule onlyTheSolverTouchesChoco() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("broker.solver"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.chocosolver..")
                .because("its thousand classes are loaded only when somebody searches, and it can be replaced")
                .allowEmptyShould(true);
    }

    private ArchRule onlyTheStoreTouchesSqlite() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in(ADAPTERS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.sqlite..", "java.sql..")
                .because("a database blocks on the disk and loads native code: it stays on the ledger's own thread")
                .allowEmptyShould(true);
    }

    private ArchRule pureDependsOnLittle() {
        return classes()
                .that()
                .resideInAnyPackage(in(PURE))
                .and()
                .resideOutsideOfPackages(in(ADAPTERS))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..")
                        .or(resideInAnyPackage(in(PURE)).and(not(resideInAnyPackage(in(ADAPTERS))))))
                .because("what decides about slices is tested exhaustively, without a server, a database or a kernel")
                .allowEmptyShould(true);
    }

    private ArchRule pureDoesNotLookAtTheWorld() {
        List<Class<?>> world = List.of(
                Files.class,
                File.class,
                FileInputStream.class,
                FileOutputStream.class,
                RandomAccessFile.class,
                Clock.class);
        DescribedPredicate<JavaClass> partOfTheWorld = describe(
                "are files, sockets, processes or clocks",
                type -> world.stream().anyMatch(type::isEquivalentTo)
                        || type.isEquivalentTo(Process.class)
                        || type.isEquivalentTo(ProcessBuilder.class)
                        || type.getPackageName().equals("java.net")
                        || type.getPackageName().equals("java.nio.channels"));
        DescribedPredicate<JavaMethodCall> readsTheClock = describe("reads the clock", call -> {
            String owner = call.getTargetOwner().getName();
            return (owner.startsWith("java.time.") && call.getName().equals("now"))
                    || (owner.equals("java.lang.System")
                            && Set.of("nanoTime", "currentTimeMillis").contains(call.getName()));
        });
        return noClasses()
                .that()
                .resideInAnyPackage(in(PURE))
                .and()
                .resideOutsideOfPackages(in(ADAPTERS))
                .should()
                .dependOnClassesThat(partOfTheWorld)
                .orShould()
                .callMethodWhere(readsTheClock)
                .because("the same question must get the same answer: time and files come in as values")
                .allowEmptyShould(true);
    }

    private ArchRule inventoryTakesNoServer() {
        return classes()
                .that()
                .resideInAPackage(in("broker.inventory"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..")
                        .or(resideInAnyPackage(in("broker.inventory"), in("contract"))))
                .because("plans are made from an inventory file on any machine, by a command that starts no server")
                .allowEmptyShould(true);
    }

    private ArchRule vertxStaysAtTheEdges() {
        String[] edges = Stream.of("broker", "console")
                .flatMap(floor -> EDGES.stream().map(edge -> base + "." + floor + ".." + edge + ".."))
                .toArray(String[]::new);
        return noClasses()
                .that(not(resideInAnyPackage(edges)).and(not(partOf("ControlPlane"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx..")
                .because(
                        "futures that spread into the core decide its shape, and a blocked event loop blocks everybody")
                .allowEmptyShould(true);
    }

    private ArchRule onlyOneDoorLooksInsideVertx() {
        return noClasses()
                .that(resideInAnyPackage(in("broker"), in("console")).and(not(partOf("UnixDoor"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx..impl..")
                .because(
                        "internals change without notice; who is at the other end of a socket is all that we need of them")
                .allowEmptyShould(true);
    }

    /** Nobody imports the manager, and nothing but tests the harness: neither is ever in {@code known}. */
    private ArchRule knowsOnly(String floor, List<String> known) {
        String[] allowed =
                Stream.concat(Stream.of(floor), known.stream()).map(this::in).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(in(floor))
                .should()
                .dependOnClassesThat(resideInAnyPackage(base + "..").and(not(resideInAnyPackage(allowed))))
                .because("a floor that knows more than it needs cannot be confined, audited or replaced by itself")
                .allowEmptyShould(true);
    }

    private ArchRule consoleStaysOutOfTheBrokersRooms() {
        return noClasses()
                .that()
                .resideInAPackage(in("console"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in(BROKER_INTERNALS))
                .because("only the broker writes the ledger; everybody else asks it")
                .allowEmptyShould(true);
    }

    private ArchRule filesAreAppliedAtADesk() {
        return noClasses()
                .that()
                .resideInAPackage(in("console.apply"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in("console.client"), in("console.cli"))
                .because(
                        "that all of a file is done or nothing is tested with a desk that fails at every order in turn")
                .allowEmptyShould(true);
    }

    private ArchRule packagesHaveNoCycles() {
        return slices().matching(base + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("packages that need each other are one package in two places")
                .allowEmptyShould(true);
    }

    private ArchRule packagesHaveTellingNames() {
        return noClasses()
                .should()
                .resideInAnyPackage(Stream.of("util", "utils", "common", "helper", "helpers", "misc", "impl")
                        .map(name -> ".." + name + "..")
                        .toArray(String[]::new))
                .because("such a name says nothing, so everything ends up in it")
                .allowEmptyShould(true);
    }

    private ArchRule whatHoldsSomethingOpenCanBeClosed() {
        DescribedPredicate<JavaClass> holdsSomethingOpen = describe(
                "hold a descriptor, process or socket",
                type -> type.getFields().stream().anyMatch(this::keepsOpen)
                        && !BORROWERS.contains(type.getSimpleName()));
        return classes()
                .that(holdsSomethingOpen)
                // A record hands things on from the one who opened them to the one who closes them.
                .and()
                .areNotRecords()
                .and(describe("do not live inside a class that closes it", type -> !isInsideCloseable(type)))
                .should()
                .beAssignableTo(AutoCloseable.class)
                .because("a leaked descriptor pins a partition's PTY, mount or dead process; each has one owner")
                .allowEmptyShould(true);
    }

    private boolean keepsOpen(JavaField field) {
        JavaClass type = field.getRawType();
        return !field.getModifiers().contains(JavaModifier.STATIC)
                && (HELD_OPEN.stream().anyMatch(held -> assignableTo(held).test(type))
                        || (type.getPackageName().equals(base + ".manager.sys")
                                && type.isAssignableTo(AutoCloseable.class)));
    }

    private static boolean isInsideCloseable(JavaClass type) {
        return type.getEnclosingClass()
                .map(outer -> outer.isAssignableTo(AutoCloseable.class) || isInsideCloseable(outer))
                .orElse(false);
    }

    private static DescribedPredicate<JavaClass> partOf(String topLevelName) {
        return describe(
                "are part of " + topLevelName,
                type -> List.of(type.getName().split("[.$]", -1)).contains(topLevelName));
    }

    private String in(String packageBelow) {
        return base + "." + packageBelow + "..";
    }

    private String[] in(List<String> packagesBelow) {
        return packagesBelow.stream().map(this::in).toArray(String[]::new);
    }

    /** A rule with the sentence that failing tests show. */
    record NamedRule(String name, ArchRule rule) {
        @Override
        public String toString() {
            return name;
        }
    }
}
