/**
 * The user's own terminal and what goes through it: raw mode, keys that mean something to us, escape sequences.
 *
 * <p>Escape sequences are taken apart as ECMA-48 and xterm's control sequences define them. Each object is for one thread
 * unless it says otherwise. Used by the command line and the demonstration.
 */
@NullMarked
package io.bulkhead.console.terminal;

import org.jspecify.annotations.NullMarked;
