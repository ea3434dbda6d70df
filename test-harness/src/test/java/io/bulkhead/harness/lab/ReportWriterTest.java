package io.bulkhead.harness.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ReportWriterTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void writesReportsThatCarryThePlaceAndWhatFailed() throws Exception {
        ReportWriter writer =
                new ReportWriter(directory, "lab 6.12/small", new PrintStream(out, true, StandardCharsets.UTF_8));
        writer.record("a.GoodIT", "holds", System.nanoTime(), "");
        writer.record("a.GoodIT", "breaks", System.nanoTime(), "1 < 2 & \"3\"\u0007\nsecond line");

        Element suite = parse("TEST-a.GoodIT@lab-6.12-small.xml");

        assertThat(suite.getAttribute("tests")).isEqualTo("2");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        Element failure = (Element) suite.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("1 < 2 & \"3\"\nsecond line");
        assertThat(((Element) failure.getParentNode()).getAttribute("classname"))
                .isEqualTo("a.GoodIT@lab 6.12/small");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("ok      GoodIT.holds")
                .contains("FAILED  GoodIT.breaks");
        assertThat(writer.passed()).isFalse();
    }

    @Test
    void aLaterRunTakesNoReportAway() {
        PrintStream nowhere = new PrintStream(out, true, StandardCharsets.UTF_8);
        new ReportWriter(directory, "lab 6.12/small", nowhere).record("a.GoodIT", "before", System.nanoTime(), "");
        ReportWriter later = new ReportWriter(directory, "lab 6.12/small", nowhere);
        later.record("a.GoodIT", "after", System.nanoTime(), "");
        later.record("a.GoodIT", "after that", System.nanoTime(), "");

        assertThat(directory.resolve("TEST-a.GoodIT@lab-6.12-small.xml"))
                .content()
                .contains("\"before\"");
        assertThat(directory.resolve("TEST-a.GoodIT@lab-6.12-small-2.xml"))
                .content()
                .contains("\"after\"", "\"after that\"");
        assertThat(directory.resolve("TEST-a.GoodIT@lab-6.12-small-3.xml")).doesNotExist();
    }

    private Element parse(String file) throws Exception {
        Path report = directory.resolve(file);
        assertThat(report).exists();
        assertThat(opensALine(report, "<testsuite ")).isTrue();
        assertThat(opensALine(report, "<failure ")).isTrue();
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement();
    }

    /** The way dev looks for it. */
    private static boolean opensALine(Path report, String element) throws IOException {
        return Files.readAllLines(report).stream().anyMatch(line -> line.startsWith(element));
    }
}
