/**
 * The control plane's main class, which puts the edges of the broker and of the console together.
 *
 * <p>Nothing depends on this package. It runs as an unprivileged user and reaches the manager over its socket only.
 */
@NullMarked
package io.bulkhead.console;

import org.jspecify.annotations.NullMarked;
