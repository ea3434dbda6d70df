/**
 * What the manager must still know after its death: one durable record per partition, and a fleeting one per run.
 *
 * <pre>
 *   DIRECTORY/NAME.json            the partition: definition, slice, ids, how its last run ended
 *   DIRECTORY/NAME.run.json        its run, while there is one
 *   DIRECTORY/NAME.console.json    up to where offsets of its console may have been given out
 *   DIRECTORY/*.tmp                a write that was cut; removed at the next load
 *   DIRECTORY/NAME.json.damaged-…  a record that could not be read, kept for people
 * </pre>
 *
 * <p>Killed at any instruction, a write leaves the old record or the new one. Used by life and console.
 */
@NullMarked
package io.bulkhead.manager.record;

import org.jspecify.annotations.NullMarked;
