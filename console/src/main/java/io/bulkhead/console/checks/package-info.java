/**
 * Looking at the host: whether Bulkhead can work on it, and whether anything of an installation is left on it.
 *
 * <p>Only reads. Everything takes the root of the file system as a path, so that it runs on a constructed tree as well.
 * For one thread.
 */
@NullMarked
package io.bulkhead.console.checks;

import org.jspecify.annotations.NullMarked;
