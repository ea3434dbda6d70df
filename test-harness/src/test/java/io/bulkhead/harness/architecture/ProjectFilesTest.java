package io.bulkhead.harness.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The project's files keep the rules, and each rule catches a file made to break it. */
class ProjectFilesTest {
    @TempDir
    private Path directory;

    static List<Rule> rules() {
        return List.of(
                new Rule(
                        "packages say what they are for",
                        ProjectFiles::packagesThatDoNotSayWhatTheyAreFor,
                        List.of(
                                new Breaker("m/src/main/java/a/A.java", "package a;", "m/src/main/java/a: no"),
                                new Breaker("m/src/main/java/b/package-info.java", "package b;", "no Javadoc"),
                                new Breaker(
                                        "m/src/main/java/c/package-info.java", "/** C. */ package c;", "@NullMarked"),
                                new Breaker("m/src/test/java/d/DTest.java", "package d;", "m/src/test/java/d: no"))),
                new Rule(
                        "packages have telling names",
                        ProjectFiles::packagesWithVagueNames,
                        List.of(new Breaker("m/src/test/java/a/util/A.java", "package a.util;", "a/util: a name"))),
                new Rule(
                        "unfinished work has a reason",
                        ProjectFiles::unfinishedWorkWithoutReason,
                        List.of(
                                new Breaker("a.sh", "true\n# TO" + "DO: tidy up", "a.sh:2"),
                                new Breaker("B.java", "// FIX" + "ME until Monday", "B.java:1"))),
                new Rule(
                        "no trace of one machine",
                        ProjectFiles::traceOfOneMachine,
                        List.of(
                                new Breaker("notes.md", "see /wo" + "rk/shared/x", "notes.md:1"),
                                new Breaker("pom.xml", "<u>https://repo.mav" + "en.apache.org</u>", "pom.xml:1"))),
                new Rule(
                        "tests do not sleep",
                        ProjectFiles::testsThatSleep,
                        List.of(new Breaker("m/src/test/java/a/ATest.java", "Thread.sl" + "eep(1);", "ATest.java:1"))),
                new Rule(
                        "tests are named so that they run",
                        ProjectFiles::testsThatNobodyRuns,
                        List.of(new Breaker(
                                "m/src/test/java/a/Tests.java", "class Tests {\n  @Test void a() {}}", "Tests"))),
                new Rule(
                        "tests that want the machine for themselves say so",
                        ProjectFiles::testsThatOughtToBeAlone,
                        List.of(
                                new Breaker("m/src/test/java/a/AIT.java", "define(ThisHost.oneCore());", "AIT"),
                                new Breaker("m/src/test/java/a/BIT.java", "before = host.snapshot();", "BIT"),
                                new Breaker("m/src/test/java/a/CIT.java", "// no @Alone(\nHoldings.now();", "CIT"))),
                new Rule(
                        "the table of drills tells what is tried",
                        ProjectFiles::drillsThatTheirTableDoesNotTell,
                        List.of(
                                new Breaker(
                                        "partition-manager/SECURITY.md",
                                        "| D01 ✓ | a |\n| D02 | b |\n| D03 ✓ | c |\n| D04 ✓ | d |\n| D05 ✓ | e |",
                                        "D01 ✓: no test"),
                                new Breaker(
                                        "m/src/test/java/a/ADrillsIT.java",
                                        "class ADrillsIT {\n  void d02ToD04AndD05Tries() {}}",
                                        "D02 has no ✓"),
                                new Breaker(
                                        "m/src/test/java/a/BDrillsIT.java",
                                        "class BDrillsIT {\n  void d07Tries() {}}",
                                        "D07 is not in"))),
                new Rule(
                        "versions stand in the parent",
                        ProjectFiles::versionsOutsideTheParent,
                        List.of(new Breaker(
                                "m/pom.xml",
                                "<project><parent><version>1</version></parent><dependencies><dependency>"
                                        + "<version>2</version></dependency></dependencies></project>",
                                "m/pom.xml: version 2"))));
    }

    @Test
    void seesTheProject() throws IOException {
        assertThat(ProjectFiles.ofThisProject().count()).isGreaterThan(50);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void projectKeepsTheRule(Rule rule) throws IOException {
        assertThat(rule.violations().apply(ProjectFiles.ofThisProject())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void ruleCatchesItsBreakers(Rule rule) throws IOException {
        for (Breaker breaker : rule.breakers()) {
            write(breaker.path(), breaker.text());
        }

        List<String> violations = rule.violations().apply(new ProjectFiles(directory));

        assertThat(violations).hasSameSizeAs(rule.breakers());
        assertThat(rule.breakers())
                .allSatisfy(breaker -> assertThat(violations).anyMatch(found -> found.contains(breaker.violation())));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void ruleLetsGoodFilesPass(Rule rule) throws IOException {
        write("m/src/main/java/a/package-info.java", "/** A. */ @NullMarked package a;");
        write("m/src/main/java/a/A.java", "package a; // TO" + "DO: drop it once kernel 6.1 is the oldest");
        write("m/src/test/java/a/ATest.java", "class ATest {\n  @Test void a() {}}");
        write(
                "m/src/test/java/a/AIT.java",
                "@Alone(\"it has whole CPUs\")\nclass AIT { String c = ThisHost.oneCore(); }");
        write("m/src/test/java/a/BIT.java", "class BIT { Object held = Holdings.now().files(); }");
        write("m/src/test/java/a/Contract.java", "abstract class Contract {\n  @Test void a() {}}");
        write("m/pom.xml", "<project><parent><version>1</version></parent></project>");
        write("m/target/notes.md", "see /wo" + "rk/shared/x");

        assertThat(rule.violations().apply(new ProjectFiles(directory))).isEmpty();
    }

    private void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.resolve("..").normalize());
        Files.writeString(file, text);
    }

    /** A rule, and files that break it. */
    record Rule(String name, Function<ProjectFiles, List<String>> violations, List<Breaker> breakers) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A file, and part of what the rule says about it. */
    record Breaker(String path, String text, String violation) {}
}
