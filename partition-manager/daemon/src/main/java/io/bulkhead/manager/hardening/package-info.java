/**
 * What a partition's processes may not do though they are root inside: the filter of system calls, the bounding set of
 * capabilities, how many objects of the kernel they may have, which device nodes they may open; and the proofs of it.
 *
 * <p>Used by start and enter, which put the restraints on, and by life, which asks for the proofs. Safe for any thread
 * but where a type says otherwise.
 */
@NullMarked
package io.bulkhead.manager.hardening;

import org.jspecify.annotations.NullMarked;
