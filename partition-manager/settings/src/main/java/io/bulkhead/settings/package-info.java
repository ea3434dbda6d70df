/**
 * The settings of both daemons, read strictly from {@code bulkhead.conf} (INI, through Apache Commons Configuration).
 *
 * <p>Used by the manager, the control plane and the command line, so that one file means the same to all three.
 */
@NullMarked
package io.bulkhead.settings;

import org.jspecify.annotations.NullMarked;
