/**
 * Keeps the ledger in an SQLite file.
 *
 * <p>Knows the ledger and SQLite's JDBC driver, nothing of the broker. Everything here blocks on the disk and belongs on
 * the ledger's own thread, never on an event loop.
 */
@NullMarked
package io.bulkhead.broker.ledger.sqlite;

import org.jspecify.annotations.NullMarked;
