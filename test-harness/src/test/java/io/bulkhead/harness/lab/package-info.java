/**
 * The virtual lab: boots hosts of any shape in QEMU, without KVM, and runs the acceptance tests inside.
 *
 * <p>Run by {@code ./dev lab} and at the end of {@code ./dev test --special}. Nobody may use this package but its own tests. The main
 * thread drives a guest; one thread per guest listens to it.
 */
@NullMarked
package io.bulkhead.harness.lab;

import org.jspecify.annotations.NullMarked;
