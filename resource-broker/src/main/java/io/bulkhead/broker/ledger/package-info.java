/**
 * The ledger: who was granted what, as numbered commits of balanced entries that are only ever added to.
 *
 * <pre>
 *  (hardware) ──Opened, HardwareChanged──▶ host, free
 *  free ──Intended (grow)──▶ partition ──Settled (shrink)──▶ free
 * </pre>
 *
 * <p>The partition manager holds the truth about what is bound; the ledger holds what was granted, by whom and why. The
 * two are changed in this order, so that either process can be killed between any two steps:
 *
 * <pre>
 *   control plane                                          partition manager
 *   1 commit Intended(before, after):                      has before
 *     the account now covers before and after
 *   2 order  ─────────────────────────────────────────────▶ has before, then after (its own atomic record)
 *   3 reply  ◀───────────────────────────────────────────── has after, or refused: before
 *   4 commit Settled(carried out or not):
 *     the account is what came out of it
 * </pre>
 *
 * <ul>
 *   <li>Killed before 1 is on disk: nothing happened.
 *   <li>Killed between 1 and 4, either process: the intent is pending. What the manager has by then is {@code after} or
 *       {@code before}, and reconciliation settles the intent accordingly. Until then nobody else can be granted either.
 *   <li>The order is still on its way when that is found out (control plane restarted, or its patience ended): it is
 *       settled as not carried out, and when the manager has {@code after} later, it is adopted, because the last thing
 *       the ledger knows of that owner is this intent. What became somebody else's meanwhile the manager refuses.
 *   <li>Anything else that differs is not our doing: it is named, stands, and holds up changes of that partition until
 *       the administrator accepts what the manager has, or rebuilds the ledger.
 * </ul>
 *
 * <p>Committing first and ordering second is the order that never overcommits: what the manager may have is always
 * covered. An intent without an order costs only that its resources are not free for a moment.
 *
 * <p>{@link io.bulkhead.broker.ledger.Ledger} is the way in, {@link io.bulkhead.broker.ledger.LedgerStore} the port to
 * where commits are kept. Pure: {@code java..} and the contract only; time and actor come in as values. For one thread.
 * Only {@code io.bulkhead.broker} and the store's adapter may depend on it.
 */
@NullMarked
package io.bulkhead.broker.ledger;

import org.jspecify.annotations.NullMarked;
