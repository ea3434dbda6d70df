/**
 * Acceptance tests: a whole installation of Bulkhead, made through its command line, used and removed again, on this host.
 *
 * <p>Each class has an installation of its own (name, directories, uids), so that it meets neither another one nor a real
 * one; each ends with the host as it was. Root is required.
 */
@NullMarked
package io.bulkhead.harness.acceptance;

import org.jspecify.annotations.NullMarked;
