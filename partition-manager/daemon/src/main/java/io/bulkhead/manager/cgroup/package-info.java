/**
 * The port to control groups and its backends: limits on an outer group per partition, the payload in a nested one.
 *
 * <p>Works on kernel files by {@code java.nio} alone, below roots that are given to it, so that it runs on a temporary
 * tree as well as on the live one. One class per controller. Used by life, start and verification.
 */
@NullMarked
package io.bulkhead.manager.cgroup;

import org.jspecify.annotations.NullMarked;
