/**
 * The lives of partitions: every order that changes one, the ends that come by themselves, the watch over promises, and
 * the recovery after the manager's own death.
 *
 * <p>Orders for one partition are carried out one after the other under that partition's lock, on the thread that brings
 * them; different partitions do not wait for each other. Status is read without any lock. Every change of several steps
 * runs under {@link io.bulkhead.manager.undo.Undo}. Used by the server and by Main; everything else of the manager is
 * used by this.
 */
@NullMarked
package io.bulkhead.manager.life;

import org.jspecify.annotations.NullMarked;
