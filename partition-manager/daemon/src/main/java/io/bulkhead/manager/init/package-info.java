/**
 * What runs as process 1: scripts and settings made from a partition's definition, as text. Pure, for any thread; used
 * by mount and start, and by life for the signals.
 */
@NullMarked
package io.bulkhead.manager.init;

import org.jspecify.annotations.NullMarked;
