package io.bulkhead.harness.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A drill in a partition of each kind of init; its parameter is the partition's name, which is that kind. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ValueSource(strings = {DrillGround.SHELL, DrillGround.SERVICE, DrillGround.SYSTEMD})
@interface WithEveryInit {}
