/**
 * The machine as text for people: CPUs with their owners, memory, disks and networks.
 *
 * <p>For the command line. Pure: takes what the API has answered, and gives lines.
 */
@NullMarked
package io.bulkhead.console.map;

import org.jspecify.annotations.NullMarked;
