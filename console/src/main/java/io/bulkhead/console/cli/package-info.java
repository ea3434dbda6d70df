/**
 * The command {@code bulkhead}: one class per verb, over the API's client. Exit codes are those of
 * {@link io.bulkhead.contract.order.ProblemCode}.
 *
 * <p>Data goes to standard output; progress, questions and errors to standard error. Nothing depends on this package.
 * Everything runs on the thread of {@code main}, but for the pumps of the console and of commands.
 */
@NullMarked
package io.bulkhead.console.cli;

import org.jspecify.annotations.NullMarked;
