/**
 * The console service's way to the manager, by the broker's client: Vert.x stays in here.
 *
 * <p>Everything lives on one event loop, which is the service's thread.
 */
@NullMarked
package io.bulkhead.console.serial.client;

import org.jspecify.annotations.NullMarked;
