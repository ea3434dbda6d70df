/**
 * Starting and stopping the two processes of an installation, and finding out how they are.
 *
 * <p>Needs root to start and stop; looking is for everybody who may read the run directory. Blocking; for one thread.
 */
@NullMarked
package io.bulkhead.console.daemons;

import org.jspecify.annotations.NullMarked;
