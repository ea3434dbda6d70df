/** A control plane that does what a test says, and samples of what it answers. For tests of the console. */
@NullMarked
package io.bulkhead.console.testing;

import org.jspecify.annotations.NullMarked;
