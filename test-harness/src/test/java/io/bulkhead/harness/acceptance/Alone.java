package io.bulkhead.harness.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A class of tests that wants the machine for itself: it measures time, rates or processors, has whole CPUs, or counts what the
 * whole host has. No other test runs meanwhile; all the others run in three JVMs side by side.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("alone")
public @interface Alone {
    /** Why. */
    String value();
}
