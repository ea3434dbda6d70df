package io.bulkhead.contract.unit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a type whose JSON form is a string: written by {@code toString()}, read by a public static
 * {@code parse(String)} that throws {@link IllegalArgumentException} with a text for the user.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface WireText {}
