package io.bulkhead.console.text;

/** What a piece of text means, for those who may see colour; without colour the words alone must say it. */
public enum Tone {
    PLAIN(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    WARN("33"),
    BAD("31");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    /** The text between ECMA-48 "select graphic rendition" and its reset, or unchanged where colour is not wanted. */
    public String paint(String text, boolean colour) {
        return !colour || code.isEmpty() || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
