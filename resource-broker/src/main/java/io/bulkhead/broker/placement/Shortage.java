package io.bulkhead.broker.placement;

import java.util.List;
import java.util.Optional;

/**
 * One thing that is not there in the amount claimed.
 *
 * @param detail what, and who holds it, as a sentence without a full stop
 * @param holders one line for each who has some of it
 * @param atMost what could be had now, if anything
 * @param ever what this host could give if no partition held anything
 */
record Shortage(String detail, List<String> holders, Optional<String> atMost, String ever) {}
