package io.bulkhead.contract.unit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@code boolean} or {@code List} component that is left out of the JSON form while it says nothing, false or
 * empty, so that what was written before there was such a component can still be read.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface WireSparse {}
