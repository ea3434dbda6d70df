@NullMarked
package io.bulkhead.contract;

import org.jspecify.annotations.NullMarked;
