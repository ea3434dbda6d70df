package io.bulkhead.harness.lab;

/** Text as XML wants it. */
final class Xml {
    private Xml() {}

    /** Escapes what has a meaning in XML, and drops what it cannot hold. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder();
        text.codePoints().forEach(each -> {
            switch (each) {
                case '&' -> quoted.append("&amp;");
                case '<' -> quoted.append("&lt;");
                case '>' -> quoted.append("&gt;");
                case '"' -> quoted.append("&quot;");
                case '\n' -> quoted.append("&#10;");
                default -> {
                    if (each >= ' ' || each == '\t') {
                        quoted.appendCodePoint(each);
                    }
                }
            }
        });
        return quoted.toString();
    }
}
