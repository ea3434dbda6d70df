package io.bulkhead.harness.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a test needs of the host; where that is missing it is skipped, and the reason says what is missing.
 *
 * <p>Its tests have the tag {@link #SPECIAL}: the lab can run just those, which many a host cannot.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(HostCondition.class)
@Tag(RequiresHost.SPECIAL)
@interface RequiresHost {
    String SPECIAL = "special";

    /** Control groups of version 2 with all controllers that slices need. */
    boolean cgroupV2() default false;

    /** At least so many NUMA nodes. */
    int nodes() default 1;

    /** At least so many CPUs. */
    int cpus() default 1;

    /** Cores with more than one thread. */
    boolean threads() default false;

    /** Volumes on an NVMe disk. */
    boolean nvme() default false;

    /** A machine that is thrown away afterwards: the test takes CPUs offline, restarts the host, or fills its memory. */
    boolean disposable() default false;
}
