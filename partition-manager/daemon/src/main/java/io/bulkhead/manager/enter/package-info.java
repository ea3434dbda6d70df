/**
 * Commands run inside a running partition ({@code bulkhead exec}): in its namespaces, groups and limits, as its root.
 *
 * <p>Used by the server only.
 */
@NullMarked
package io.bulkhead.manager.enter;

import org.jspecify.annotations.NullMarked;
