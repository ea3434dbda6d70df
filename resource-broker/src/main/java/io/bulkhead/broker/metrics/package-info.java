/**
 * What monitoring sees: the metrics of host and partitions in Prometheus' text form, by Micrometer. Stateless: a page is
 * made of what the manager said just now. Knows the broker's and the contract's words; used by the API. Safe for any
 * thread. A metric is a floating-point number by its definition; nothing goes back from here.
 */
@NullMarked
package io.bulkhead.broker.metrics;

import org.jspecify.annotations.NullMarked;
