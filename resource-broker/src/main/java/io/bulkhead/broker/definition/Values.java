package io.bulkhead.broker.definition;

import io.bulkhead.broker.definition.Fields.Writing;
import io.bulkhead.contract.unit.Limit;
import java.util.Map;
import java.util.function.Function;

/** Parsers of values that several blocks have; each throws {@link IllegalArgumentException} with a text for the user. */
final class Values {
    private Values() {}

    static int wholeNumber(String text, int least, int most) {
        if (!text.matches("0|[1-9][0-9]{0,9}")) {
            throw new IllegalArgumentException("'" + text + "' is not a plain whole number");
        }
        long number = Long.parseLong(text);
        if (number < least || number > most) {
            throw new IllegalArgumentException("'" + text + "' is outside " + least + " to " + most);
        }
        return (int) number;
    }

    static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    static <T> Function<String, T> oneOf(Map<String, T> words) {
        return text -> {
            T value = words.get(text);
            if (value == null) {
                throw new IllegalArgumentException("there is no '" + text + "' here");
            }
            return value;
        };
    }

    /** A bound of a block; absent and wrong ones are none. */
    static <T> Limit<T> limit(Fields block, String name, Function<String, T> parser) {
        return block.<Limit<T>>value(
                        name,
                        Writing.EITHER,
                        text -> text.equals(Limit.UNLIMITED) ? Limit.unlimited() : Limit.of(parser.apply(text)))
                .orElse(Limit.unlimited());
    }
}
