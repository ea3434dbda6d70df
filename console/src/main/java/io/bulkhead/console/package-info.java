@NullMarked
package io.bulkhead.console;

import org.jspecify.annotations.NullMarked;
