/**
 * The port to the Linux kernel: system calls in domain types, without a trace of how they are made.
 *
 * <p>{@link io.bulkhead.manager.sys.Syscalls} is implemented once, by {@code io.bulkhead.manager.sys.jna}; tests use a
 * recording fake that can fail the k-th call. No caller sees a raw integer, a pointer or errno. Every descriptor is
 * close-on-exec and has one owner.
 */
@NullMarked
package io.bulkhead.manager.sys;

import org.jspecify.annotations.NullMarked;
