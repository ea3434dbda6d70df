package io.bulkhead.console.cli;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A text between us and an editor: complaints stand as comments above it, and are taken off when it comes back. Pure.
 */
final class EditedText {
    private static final String MARK = "#> ";

    private EditedText() {}

    /** The text below complaints, one a line. */
    static String under(List<String> complaints, String text) {
        return complaints.stream()
                        .flatMap(String::lines)
                        .map(line -> MARK + line + "\n")
                        .collect(Collectors.joining())
                + text;
    }

    /** The text without complaints above it. */
    static String without(String text) {
        String rest = text;
        while (rest.startsWith(MARK.strip())) {
            int end = rest.indexOf('\n');
            rest = end < 0 ? "" : rest.substring(end + 1);
        }
        return rest;
    }

    /**
     * Faults as complaints that will stand above the text, so that each names the line in which one will find it.
     *
     * @param head what stands above them, one a line
     */
    static List<String> complaints(List<String> head, List<Fault> faults) {
        int shift = head.size() + faults.size();
        return Stream.concat(head.stream(), faults.stream().map(fault -> complaint(fault, shift)))
                .toList();
    }

    private static String complaint(Fault fault, int shift) {
        Place place = fault.place();
        String where = place.line().isEmpty()
                ? ""
                : "line " + (place.line().getAsInt() + shift)
                        + (place.column().isEmpty()
                                ? ""
                                : ", column " + place.column().getAsInt()) + ": ";
        return (where + (fault.key().isEmpty() ? "" : fault.key() + ": ") + fault.problem()).replace('\n', ' ');
    }
}
