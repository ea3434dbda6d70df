package io.bulkhead.harness.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A drill in each of the {@link DrillGround}'s partitions; its parameter is the partition's name, which is its kind of init. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ValueSource(strings = {DrillGround.SHELL, DrillGround.SERVICE, DrillGround.SYSTEMD})
@interface WithEveryInit {}
