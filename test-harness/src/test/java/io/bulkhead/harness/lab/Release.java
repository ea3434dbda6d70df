package io.bulkhead.harness.lab;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The releases of Debian that the lab's guests run. */
enum Release {
    BOOKWORM("12", "bookworm", "6.1"),
    TRIXIE("13", "trixie", "6.12");

    private final String number;
    private final String suite;
    private final String kernelSeries;

    Release(String number, String suite, String kernelSeries) {
        this.number = number;
        this.suite = suite;
        this.kernelSeries = kernelSeries;
    }

    /** Reads {@code 12} or {@code 13}. */
    static Release of(String number) {
        return Arrays.stream(values())
                .filter(release -> release.number.equals(number))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no release '" + number
                        + "' in the lab (there are "
                        + Arrays.stream(values()).map(Release::number).collect(Collectors.joining(", ")) + ")"));
    }

    String number() {
        return number;
    }

    /** Its name in a package archive. */
    String suite() {
        return suite;
    }

    String kernelSeries() {
        return kernelSeries;
    }

    @Override
    public String toString() {
        return "Debian " + number + " (kernel " + kernelSeries + ")";
    }
}
