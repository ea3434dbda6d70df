package io.bulkhead.contract.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value (RFC 8259) as Bulkhead uses it: numbers are whole and fit 64 bits, members have unique names and keep
 * their order. Immutable.
 */
public sealed interface Json {
    record Text(String value) implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    record Whole(long value) implements Json {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    record Bool(boolean value) implements Json {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    record Null() implements Json {
        @Override
        public String toString() {
            return "null";
        }
    }

    record Array(List<Json> items) implements Json {
        public Array {
            items = List.copyOf(items);
        }

        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    record Obj(Map<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        /** This object with one member more, or another value for it. */
        public Obj with(String name, Json value) {
            Map<String, Json> copy = new LinkedHashMap<>(members);
            copy.put(name, value);
            return new Obj(copy);
        }

        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    static Text of(String value) {
        return new Text(value);
    }

    static Whole of(long value) {
        return new Whole(value);
    }

    static Bool of(boolean value) {
        return new Bool(value);
    }

    /** The word for the kind of value in messages. */
    default String kind() {
        if (this instanceof Text) {
            return "a string";
        } else if (this instanceof Whole) {
            return "a number";
        } else if (this instanceof Bool) {
            return "true or false";
        } else if (this instanceof Array) {
            return "a list";
        } else if (this instanceof Obj) {
            return "an object";
        }
        return "null";
    }
}
