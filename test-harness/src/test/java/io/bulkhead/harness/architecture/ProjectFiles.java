package io.bulkhead.harness.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What every file of the project looks like. Each rule returns its violations, as {@code file:line: what}.
 *
 * <p>Names that must not stand in any file are put together from halves here, so that this file may hold them.
 */
final class ProjectFiles {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".cache", ".idea", ".vscode", "node_modules");
    private static final Set<String> VAGUE = Set.of("util", "utils", "common", "helper", "helpers", "misc", "impl");

    private static final Pattern UNREASONED =
            Pattern.compile("\\b(?:FIX" + "ME|XX" + "X)\\b|\\bTO" + "DO\\b(?!.*\\b(?:because|until|once|when)\\b)");
    private static final Pattern LOCAL = Pattern.compile("/wo" + "rk/(?:wt|shared|\\.)|/Us" + "ers/\\w|/ho"
            + "me/\\w+/\\.m2|"
            + "repo1?\\.mav" + "en\\.(?:apache\\.)?org|registry\\.npm" + "js\\.org|files\\.python" + "hosted\\.org|"
            + "proxy\\.gol" + "ang\\.org|/artif" + "actory/");
    private static final Pattern TEST = Pattern.compile(
            "^\\s*@(?:Test|ParameterizedTest|WithEveryInit|RepeatedTest|Property|Example)\\b", Pattern.MULTILINE);
    private static final Pattern ABSTRACT =
            Pattern.compile("^(?:public |sealed )*(?:abstract class|@?interface) ", Pattern.MULTILINE);
    private static final Pattern SLEEP =
            Pattern.compile("\\bThread\\.sl" + "eep\\(|\\bTimeUnit\\.\\w+\\.sl" + "eep\\(");

    /** What cannot be right while another test runs: whole CPUs, rates and shares of them, and counts of the whole host. */
    private static final Pattern WANTS_THE_MACHINE = Pattern.compile("\\boneCore\\(\\)|new CpuSlice\\.Whole\\(|"
            + "\\b(?:CpuClock|IoRate|Hog)\\b|\\biperf3\\b|\\b\\w+\\.snapshot\\(\\)|"
            // Of this process alone are its descriptors and its children.
            + "\\bHoldings\\.now\\(\\)(?!\\.(?:files|children)\\(\\))");

    private static final Pattern ALONE = Pattern.compile("^@Alone\\(", Pattern.MULTILINE);

    private final Path root;
    private final List<Path> files;

    /** Reads the names of all files below {@code root} that people write. */
    ProjectFiles(Path root) throws IOException {
        this.root = root;
        this.files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean ours = directory.equals(root)
                        || !NOT_OURS.contains(directory.getFileName().toString());
                return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // In a worktree .git is a file, and holds a path of the machine.
                if (attributes.isRegularFile() && !file.getFileName().toString().equals(".git")) {
                    files.add(root.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
    }

    /** The project that the running test belongs to. */
    static ProjectFiles ofThisProject() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve(".mvn"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException(
                        "Not inside the project: " + Path.of("").toAbsolutePath());
            }
        }
        return new ProjectFiles(directory);
    }

    int count() {
        return files.size();
    }

    /** Packages whose {@code package-info.java} is missing, or in main code has no Javadoc or no null marking. */
    List<String> packagesThatDoNotSayWhatTheyAreFor() {
        Set<Path> packages = new TreeSet<>();
        named(".java").filter(file -> !isFixture(file)).forEach(file -> packages.add(parent(file)));
        List<String> violations = new ArrayList<>();
        for (Path directory : packages) {
            Path main = Path.of(directory.toString().replace("/src/test/", "/src/main/"));
            Path info =
                    (files.contains(main.resolve("package-info.java")) ? main : directory).resolve("package-info.java");
            if (!files.contains(info)) {
                violations.add(directory + ": no package-info.java");
            } else if (!text(info).contains("/**")) {
                violations.add(info + ": no Javadoc: purpose, who may depend on it, which threads");
            } else if (!text(info).contains("@NullMarked")) {
                violations.add(info + ": not @NullMarked");
            }
        }
        return violations;
    }

    /** Packages with a name that says nothing, those of tests included. */
    List<String> packagesWithVagueNames() {
        return named(".java")
                .filter(file -> !isFixture(file))
                .map(ProjectFiles::parent)
                .distinct()
                .filter(directory ->
                        Stream.of(directory.toString().split("/", -1)).anyMatch(VAGUE::contains))
                .map(directory -> directory + ": a name that says nothing")
                .toList();
    }

    /** Marks of unfinished work of ours that do not say, in the same line, what they wait for. */
    List<String> unfinishedWorkWithoutReason() {
        return lines(file -> !isVendored(file), UNREASONED, "unfinished work without because, until, once or when");
    }

    /** Hosts of package registries and paths of one developer's machine. */
    List<String> traceOfOneMachine() {
        return lines(file -> true, LOCAL, "a registry's host or a path of one machine");
    }

    /** Tests that wait for a time instead of an event. */
    List<String> testsThatSleep() {
        return lines(file -> file.toString().contains("src/test/java"), SLEEP, "wait for an event with Awaitility");
    }

    /** Classes with tests whose name neither surefire nor failsafe looks for. */
    List<String> testsThatNobodyRuns() {
        return named(".java")
                .filter(file -> file.toString().contains("src/test/java"))
                .filter(file -> !file.toString().endsWith("Test.java")
                        && !file.toString().endsWith("IT.java"))
                .filter(file -> TEST.matcher(text(file)).find()
                        && !ABSTRACT.matcher(text(file)).find())
                .map(file -> file + ": has tests but is named neither FooTest nor FooIT")
                .toList();
    }

    /** Tests that want the machine for themselves, and run beside others. */
    List<String> testsThatOughtToBeAlone() {
        return named("IT.java")
                // Its partitions are those of a manager that is none.
                .filter(file -> !file.startsWith("resource-broker"))
                .filter(file -> !ALONE.matcher(text(file)).find())
                .filter(file -> WANTS_THE_MACHINE.matcher(text(file)).find())
                .map(file -> file + ": has whole CPUs, measures or counts what the host has, and is not @Alone")
                .toList();
    }

    /** Versions in other poms than the parent's. */
    List<String> versionsOutsideTheParent() {
        List<String> violations = new ArrayList<>();
        named("pom.xml").filter(pom -> !pom.equals(Path.of("pom.xml"))).forEach(pom -> {
            NodeList versions = parsed(pom).getElementsByTagName("version");
            for (int i = 0; i < versions.getLength(); i++) {
                Element version = (Element) versions.item(i);
                if (!version.getParentNode().getNodeName().equals("parent")) {
                    violations.add(pom + ": version " + version.getTextContent() + " belongs into the parent");
                }
            }
        });
        return violations;
    }

    /** Rows of the table of drills, and drills, that the other side does not know. */
    List<String> drillsThatTheirTableDoesNotTell() {
        DrillTable table =
                new DrillTable(files.contains(Path.of(DrillTable.FILE)) ? text(Path.of(DrillTable.FILE)) : "");
        named(".java")
                .filter(file -> file.toString().contains("src/test/java"))
                .forEach(file -> table.take(file.toString(), text(file)));
        return table.violations();
    }

    private List<String> lines(Predicate<Path> which, Pattern forbidden, String what) {
        List<String> violations = new ArrayList<>();
        for (Path file : files) {
            if (!which.test(file)) {
                continue;
            }
            List<String> lines = text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (forbidden.matcher(lines.get(i)).find()) {
                    violations.add(file + ":" + (i + 1) + ": " + what);
                }
            }
        }
        return violations;
    }

    private Stream<Path> named(String end) {
        return files.stream().filter(file -> file.toString().endsWith(end));
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    /** Whether others have written it, and it is here as they did. */
    private static boolean isVendored(Path file) {
        return parent(file).endsWith("vendor");
    }

    private static boolean isFixture(Path file) {
        return file.toString().contains("/harness/architecture/fixture/");
    }

    /** The text of a file, empty when it is not UTF-8. */
    private String text(Path file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (MalformedInputException binary) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Element parsed(Path pom) {
        try (InputStream in = Files.newInputStream(root.resolve(pom))) {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getDocumentElement();
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException("Cannot read " + pom, e);
        }
    }
}
