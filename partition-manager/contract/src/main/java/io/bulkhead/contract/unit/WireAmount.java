package io.bulkhead.contract.unit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record of one {@code long} component whose JSON form is an integer under a key that ends in the unit: a
 * component {@code ByteSize memory} becomes {@code "memoryBytes": 1073741824}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface WireAmount {
    /** What is added to the key, for example {@code Bytes}. */
    String suffix();
}
