/**
 * The rules of the house, as tests: who may know whom, and what every file of the project looks like.
 *
 * <p>A rule here has a reason, and a fixture that breaks it: a rule that nothing can break is no rule. To change one,
 * change the reason first. Runs without root, in one thread.
 */
@NullMarked
package io.bulkhead.harness.architecture;

import org.jspecify.annotations.NullMarked;
