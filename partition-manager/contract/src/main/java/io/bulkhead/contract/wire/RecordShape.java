package io.bulkhead.contract.wire;

import io.bulkhead.contract.unit.Limit;
import io.bulkhead.contract.unit.WireAmount;
import io.bulkhead.contract.unit.WireSparse;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the codec needs to know of a record, found out once per class: reflection makes everything anew each time it is
 * asked. Safe for any thread.
 */
final class RecordShape {
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type);
        }
    };

    /**
     * A component as it stands in JSON.
     *
     * @param name with the unit of an amount
     * @param optional whether it is left out when empty
     * @param sparse whether it is left out when false or empty
     */
    record Member(String name, Type type, boolean optional, boolean sparse, Method accessor) {
        /** Its value in a record. */
        Object of(Record value) {
            try {
                return accessor.invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final List<Member> members;
    private final Constructor<?> constructor;

    private RecordShape(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        members = Arrays.stream(components)
                .map(component -> new Member(
                        memberName(component),
                        component.getGenericType(),
                        component.getType() == Optional.class,
                        component.isAnnotationPresent(WireSparse.class),
                        component.getAccessor()))
                .toList();
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The shape of a record class. */
    static RecordShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    /** In the order of the components. */
    List<Member> members() {
        return members;
    }

    /** Their names, for somebody who has written another. */
    String names() {
        return members.stream().map(Member::name).collect(Collectors.joining(", "));
    }

    /**
     * A record of these values.
     *
     * @throws InvocationTargetException if its constructor refuses them
     */
    Object construct(Object[] values) throws InvocationTargetException {
        try {
            return constructor.newInstance(values);
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String memberName(RecordComponent component) {
        WireAmount amount = raw(unwrapped(component.getGenericType())).getAnnotation(WireAmount.class);
        return amount == null ? component.getName() : component.getName() + amount.suffix();
    }

    // ---- generic types

    /** The type inside an {@code Optional} or a {@code Limit}. */
    static Type unwrapped(Type type) {
        Class<?> raw = raw(type);
        return raw == Optional.class || raw == Limit.class ? unwrapped(argument(type, 0)) : type;
    }

    static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) type;
    }
}
