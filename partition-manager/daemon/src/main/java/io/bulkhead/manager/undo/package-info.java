/**
 * The undo stack that every change of several steps runs under. JDK and SLF4J only; used by every package of the manager.
 */
@NullMarked
package io.bulkhead.manager.undo;

import org.jspecify.annotations.NullMarked;
