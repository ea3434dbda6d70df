/** Tests of the machine as text. */
@NullMarked
package io.bulkhead.console.map;

import org.jspecify.annotations.NullMarked;
