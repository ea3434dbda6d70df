/**
 * Chooses the backend of control groups that fits the host. A package of its own so that the port knows no backend.
 * Used where the manager is put together; any thread.
 */
@NullMarked
package io.bulkhead.manager.cgroup.backend;

import org.jspecify.annotations.NullMarked;
