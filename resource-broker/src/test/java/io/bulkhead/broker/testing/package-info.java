/**
 * Test doubles of the broker's neighbours, for tests of any module: constructed machines and a fake partition manager.
 */
@NullMarked
package io.bulkhead.broker.testing;

import org.jspecify.annotations.NullMarked;
