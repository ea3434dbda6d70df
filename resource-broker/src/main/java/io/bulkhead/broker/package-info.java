@NullMarked
package io.bulkhead.broker;

import org.jspecify.annotations.NullMarked;
