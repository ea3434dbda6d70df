package io.bulkhead.harness.acceptance;

import java.time.Duration;

/** How long tests wait before they give up; longer where the processor is emulated. */
final class Patience {
    /** Property: how many times slower than a real machine this one may be; 1 unless said. */
    private static final String SLOWNESS = "bulkhead.test.slowness";

    private static final int FACTOR = Integer.getInteger(SLOWNESS, 1);

    private Patience() {}

    /** A deadline, given as it holds on a real machine. */
    static Duration of(Duration onRealMachine) {
        return onRealMachine.multipliedBy(FACTOR);
    }

    static Duration seconds(int onRealMachine) {
        return of(Duration.ofSeconds(onRealMachine));
    }
}
