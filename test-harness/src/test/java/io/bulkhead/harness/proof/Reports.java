package io.bulkhead.harness.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** JUnit's XML reports, as Maven and the lab write them. */
final class Reports {
    private Reports() {}

    /** How a test ended. */
    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    /**
     * One run of one test.
     *
     * @param className fully qualified
     * @param method its method's name; of a parameterized test once for each set of arguments; empty for a whole class
     * @param place where it ran; empty for this machine
     */
    record Run(String className, String method, String place, Outcome outcome) {}

    /** Reads all reports below a checkout's {@code target} directories. */
    static List<Run> below(Path checkout) throws IOException {
        List<Run> runs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(checkout)) {
            for (Path file : files.filter(Reports::isReport).sorted().toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    runs.addAll(read(in));
                }
            }
        }
        return runs;
    }

    private static boolean isReport(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("TEST-")
                && name.endsWith(".xml")
                && file.getName(file.getNameCount() - 2).toString().endsWith("-reports");
    }

    static List<Run> read(InputStream in) throws IOException {
        try {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getElementsByTagName("testcase");
            List<Run> runs = new ArrayList<>();
            for (int i = 0; i < cases.getLength(); i++) {
                runs.add(run((Element) cases.item(i)));
            }
            return runs;
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException("this is no report of JUnit: " + e.getMessage(), e);
        }
    }

    private static Run run(Element testcase) {
        String[] classAndPlace = testcase.getAttribute("classname").split("@", 2);
        // lawHolds(String)[1] and lawHolds{String}[2] are both of lawHolds.
        String method = testcase.getAttribute("name").split("[({\\[ ]", 2)[0];
        Outcome outcome = Outcome.PASSED;
        if (has(testcase, "failure") || has(testcase, "error")) {
            outcome = Outcome.FAILED;
        } else if (has(testcase, "skipped")) {
            outcome = Outcome.SKIPPED;
        }
        return new Run(classAndPlace[0], method, classAndPlace.length == 2 ? classAndPlace[1] : "", outcome);
    }

    private static boolean has(Element testcase, String what) {
        return testcase.getElementsByTagName(what).getLength() > 0;
    }
}
