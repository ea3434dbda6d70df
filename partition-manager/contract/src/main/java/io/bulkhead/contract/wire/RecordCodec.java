package io.bulkhead.contract.wire;

import static io.bulkhead.contract.wire.RecordShape.argument;
import static io.bulkhead.contract.wire.RecordShape.raw;
import static io.bulkhead.contract.wire.RecordShape.unwrapped;

import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.WireAmount;
import io.bulkhead.contract.unit.WireSparse;
import io.bulkhead.contract.unit.WireText;
import io.bulkhead.contract.wire.RecordShape.Member;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns records into JSON objects and back, by their components; the records are the schema.
 *
 * <ul>
 *   <li>a record is an object with a member per component; an empty {@link Optional} and a {@link
 *       WireSparse} that is false or empty are left out;
 *   <li>a sealed interface adds the member {@code type}: the record's simple name in kebab case ({@code
 *       start-partition});
 *   <li>a {@link WireAmount} is an integer whose unit is added to the member's name, a {@link WireText} and an enum are
 *       strings (enums in kebab case), a {@link Limit} is its value or {@code "unlimited"}.
 * </ul>
 *
 * <p>Reading is strict: a member too many, too few or of the wrong kind, and every value that a constructor refuses, is
 * a {@link WireException} that names the path, like {@code slice.memoryBytes}.
 */
public final class RecordCodec {
    private static final String TYPE = "type";
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final ClassValue<String> TYPE_NAMES = new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
            return HUMP.matcher(type.getSimpleName()).replaceAll("-").toLowerCase(Locale.ROOT);
        }
    };

    private RecordCodec() {}

    /** Writes a record; a member of a sealed interface gets its {@code type} when asked by {@link #encodeAs}. */
    public static Json.Obj encode(Record value) {
        return object(value, Optional.empty());
    }

    /** Writes a member of a sealed interface with its {@code type} first. */
    public static Json.Obj encodeAs(Class<?> sealed, Record value) {
        return object(value, sealed.isSealed() ? Optional.of(typeName(value.getClass())) : Optional.empty());
    }

    /** Reads a record, or the member of a sealed interface that {@code type} names. */
    public static <T> T decode(Class<T> type, Json json) {
        return type.cast(value(type, json, ""));
    }

    /** The JSON name of a constant or class: {@code WHOLE_CORE} and {@code WholeCore} are {@code whole-core}. */
    public static String typeName(Class<?> type) {
        return TYPE_NAMES.get(type);
    }

    /** The JSON name of a constant: {@code WHOLE_CORE} is {@code whole-core}. */
    public static String constantName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    // ---- writing

    private static Json.Obj object(Record value, Optional<String> typeName) {
        Map<String, Json> members = new LinkedHashMap<>();
        typeName.ifPresent(name -> members.put(TYPE, new Json.Text(name)));
        for (Member member : RecordShape.of(value.getClass()).members()) {
            Object content = member.of(value);
            if (content instanceof Optional<?> optional) {
                if (optional.isEmpty()) {
                    continue;
                }
                content = optional.get();
            }
            if (member.sparse() && (content.equals(false) || content.equals(List.of()))) {
                continue;
            }
            members.put(member.name(), json(content, member.type()));
        }
        return new Json.Obj(members);
    }

    private static Json json(Object value, Type declared) {
        if (value instanceof String text) {
            return new Json.Text(text);
        } else if (value instanceof Boolean bool) {
            return new Json.Bool(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            return new Json.Whole(((Number) value).longValue());
        } else if (value instanceof Enum<?> constant) {
            return new Json.Text(constantName(constant));
        } else if (value instanceof Limit<?> limit) {
            return limit.<Json>fold(bound -> json(bound, Object.class), new Json.Text(Limit.UNLIMITED));
        } else if (value instanceof List<?> list) {
            Type item = argument(declared, 0);
            return new Json.Array(list.stream().map(each -> json(each, item)).toList());
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Json> members = new LinkedHashMap<>();
            map.forEach((key, each) -> members.put((String) key, new Json.Text((String) each)));
            return new Json.Obj(members);
        } else if (value.getClass().isAnnotationPresent(WireText.class)) {
            return new Json.Text(value.toString());
        } else if (value.getClass().isAnnotationPresent(WireAmount.class)) {
            Record amount = (Record) value;
            return new Json.Whole(
                    (long) RecordShape.of(amount.getClass()).members().get(0).of(amount));
        } else if (value instanceof Record record) {
            return encodeAs(raw(unwrapped(declared)), record);
        }
        throw new IllegalStateException("no JSON form for " + value.getClass().getName());
    }

    // ---- reading

    private static Object value(Type declared, Json json, String path) {
        Class<?> type = raw(declared);
        if (type == String.class) {
            return expect(Json.Text.class, json, path).value();
        } else if (type == boolean.class) {
            return expect(Json.Bool.class, json, path).value();
        } else if (type == long.class || type == Long.class) {
            return expect(Json.Whole.class, json, path).value();
        } else if (type == int.class || type == Integer.class) {
            return integer(expect(Json.Whole.class, json, path).value(), path);
        } else if (type.isEnum()) {
            return constant(type, expect(Json.Text.class, json, path).value(), path);
        } else if (type == Limit.class) {
            boolean unlimited = json instanceof Json.Text text && text.value().equals(Limit.UNLIMITED);
            return unlimited ? Limit.unlimited() : Limit.of(value(argument(declared, 0), json, path));
        } else if (type == List.class) {
            return list(argument(declared, 0), expect(Json.Array.class, json, path), path);
        } else if (type == Map.class) {
            return texts(expect(Json.Obj.class, json, path), path);
        } else if (type.isAnnotationPresent(WireText.class)) {
            return parsed(type, expect(Json.Text.class, json, path).value(), path);
        } else if (type.isAnnotationPresent(WireAmount.class)) {
            return construct(
                    type, new Object[] {expect(Json.Whole.class, json, path).value()}, path);
        } else if (type.isSealed()) {
            return variant(type, expect(Json.Obj.class, json, path), path);
        } else if (type.isRecord()) {
            return record(type, expect(Json.Obj.class, json, path), Set.of(), path);
        }
        throw new IllegalStateException("no JSON form for " + type.getName());
    }

    private static Object variant(Class<?> sealed, Json.Obj object, String path) {
        if (!(object.members().get(TYPE) instanceof Json.Text name)) {
            throw new WireException(place(path, TYPE) + " is missing; it says which kind this is");
        }
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            if (typeName(variant).equals(name.value())) {
                return record(variant, object, Set.of(TYPE), path);
            }
        }
        throw new WireException(place(path, TYPE) + " is the unknown '" + name.value() + "'; known are "
                + Arrays.stream(sealed.getPermittedSubclasses())
                        .map(RecordCodec::typeName)
                        .collect(Collectors.joining(", ")));
    }

    private static Object record(Class<?> type, Json.Obj object, Set<String> known, String path) {
        Set<String> unknown = new LinkedHashSet<>(object.members().keySet());
        unknown.removeAll(known);
        RecordShape shape = RecordShape.of(type);
        List<Object> arguments = new ArrayList<>();
        for (Member member : shape.members()) {
            unknown.remove(member.name());
            arguments.add(member(member, object.members().get(member.name()), place(path, member.name())));
        }
        if (!unknown.isEmpty()) {
            throw new WireException(
                    place(path, unknown.iterator().next()) + " is not known here; known are " + shape.names());
        }
        return construct(type, arguments.toArray(), path);
    }

    private static Object member(Member member, @org.jspecify.annotations.Nullable Json json, String path) {
        if (member.optional()) {
            return json == null ? Optional.empty() : Optional.of(value(argument(member.type(), 0), json, path));
        }
        if (json == null && member.sparse()) {
            return raw(member.type()) == List.class ? List.of() : (Object) false;
        }
        if (json == null) {
            throw new WireException(path + " is missing");
        }
        return value(member.type(), json, path);
    }

    private static List<Object> list(Type item, Json.Array array, String path) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < array.items().size(); i++) {
            values.add(value(item, array.items().get(i), path + "[" + i + "]"));
        }
        return values;
    }

    private static Map<String, String> texts(Json.Obj object, String path) {
        Map<String, String> values = new LinkedHashMap<>();
        object.members()
                .forEach((key, json) -> values.put(
                        key, expect(Json.Text.class, json, place(path, key)).value()));
        return values;
    }

    private static int integer(long value, String path) {
        if (value != (int) value) {
            throw new WireException(path + " does not fit 32 bits: " + value);
        }
        return (int) value;
    }

    private static Object constant(Class<?> type, String name, String path) {
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants) {
            if (constantName((Enum<?>) constant).equals(name)) {
                return constant;
            }
        }
        throw new WireException(path + " is the unknown '" + name + "'; known are "
                + Arrays.stream(constants)
                        .map(each -> constantName((Enum<?>) each))
                        .collect(Collectors.joining(", ")));
    }

    private static <T extends Json> T expect(Class<T> kind, Json json, String path) {
        if (kind.isInstance(json)) {
            return kind.cast(json);
        }
        String wanted = kind == Json.Text.class
                ? "a string"
                : kind == Json.Whole.class
                        ? "a whole number"
                        : kind == Json.Bool.class ? "true or false" : kind == Json.Array.class ? "a list" : "an object";
        throw new WireException(
                (path.isEmpty() ? "the message" : path) + " must be " + wanted + ", it is " + json.kind());
    }

    // ---- reflection

    private static Object parsed(Class<?> type, String text, String path) {
        try {
            return type.getMethod("parse", String.class).invoke(null, text);
        } catch (InvocationTargetException e) {
            throw refused(e, path);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object construct(Class<?> type, Object[] arguments, String path) {
        try {
            return RecordShape.of(type).construct(arguments);
        } catch (InvocationTargetException e) {
            throw refused(e, path);
        }
    }

    private static WireException refused(InvocationTargetException e, String path) {
        if (e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof ArithmeticException) {
            return new WireException(
                    (path.isEmpty() ? "" : path + ": ") + e.getCause().getMessage(), e.getCause());
        }
        throw new IllegalStateException(e.getCause());
    }

    private static String place(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
