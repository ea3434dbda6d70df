@NullMarked
package io.bulkhead.manager;

import org.jspecify.annotations.NullMarked;
