package io.bulkhead.console.text;

/**
 * One cell of a {@link Table}.
 *
 * @param text on one line
 * @param tone its meaning
 */
public record Cell(String text, Tone tone) {
    public static Cell of(String text) {
        return new Cell(text, Tone.PLAIN);
    }

    public static Cell of(long number) {
        return of(Long.toString(number));
    }
}
