/**
 * What is put onto process 1 and onto every command beside it: the filter of system calls, the bounding set of
 * capabilities, the limits on objects of the kernel. Made here from a definition; put on by start and enter, looked at by
 * hardening.
 *
 * <p>Used by start, enter, hardening and life. Safe for any thread.
 */
@NullMarked
package io.bulkhead.manager.restraint;

import org.jspecify.annotations.NullMarked;
