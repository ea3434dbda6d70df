package io.bulkhead.console.cli;

import java.util.Locale;

/**
 * One page in the language of man(7). Everything that is given as text comes out as that text, whatever it holds. For one
 * thread.
 */
final class ManualPage {
    private final String name;
    private final int section;
    private final StringBuilder roff = new StringBuilder();

    /**
     * Begins a page.
     *
     * @param name like {@code bulkhead-apply}
     * @param section 1 for commands, 5 for files
     * @param version of the program
     * @param summary one line without its full stop
     */
    ManualPage(String name, int section, String version, String summary) {
        this.name = name;
        this.section = section;
        roff.append(".TH \"")
                .append(escaped(name.toUpperCase(Locale.ROOT)))
                .append("\" ")
                .append(section)
                .append(" \"\" \"Bulkhead ")
                .append(escaped(version))
                .append("\" \"Bulkhead\"\n");
        heading("NAME");
        line(escaped(name) + " \\- " + escaped(summary));
    }

    ManualPage heading(String text) {
        return line(".SH \"" + escaped(text) + "\"");
    }

    ManualPage subheading(String text) {
        return line(".SS \"" + escaped(text) + "\"");
    }

    /** A paragraph of running text. */
    ManualPage paragraph(String text) {
        line(".PP");
        return line(atStart(escaped(text)));
    }

    /** A term in bold type with what it means, indented below it. */
    ManualPage item(String term, String meaning) {
        line(".TP");
        line(".B \"" + escaped(term).replace("\"", "\\(dq") + "\"");
        return line(atStart(escaped(meaning.isEmpty() ? "-" : meaning)));
    }

    /** Another paragraph of an item. */
    ManualPage more(String text) {
        line(".IP");
        return line(atStart(escaped(text)));
    }

    /** Lines as they are. */
    ManualPage verbatim(String text) {
        line(".PP");
        line(".RS 4");
        line(".nf");
        text.lines().forEach(each -> line(atStart(escaped(each))));
        line(".fi");
        return line(".RE");
    }

    /** {@code bulkhead-apply.1}. */
    String fileName() {
        return name + "." + section;
    }

    /** The directory of its section: {@code man1}. */
    String directory() {
        return "man" + section;
    }

    String roff() {
        return roff.toString();
    }

    private ManualPage line(String text) {
        roff.append(text.isEmpty() ? "\\&" : text).append('\n');
        return this;
    }

    /** A line that begins with a full stop or an apostrophe would be an order. */
    private static String atStart(String text) {
        return text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text;
    }

    /** See groff_char(7): a plain hyphen is set as a soft one, so that it could not be copied. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.replace('\n', ' ').codePoints().forEach(point -> {
            switch (point) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                default -> {
                    if (point < 0x80) {
                        escaped.append((char) point);
                    } else {
                        escaped.append(String.format(Locale.ROOT, "\\[u%04X]", point));
                    }
                }
            }
        });
        return escaped.toString();
    }
}
