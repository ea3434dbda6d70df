/**
 * The manager's own judgement of every slice, whatever the control plane has planned: nothing is ever given twice.
 *
 * <p>Pure; knows the contract and what the hardware is. Used by life only.
 */
@NullMarked
package io.bulkhead.manager.admission;

import org.jspecify.annotations.NullMarked;
